"""Files that are damaged, lie about themselves, or point elsewhere: a clear error or a right result, soon and cheap."""

from __future__ import annotations

import ctypes
import json
import os
import random
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from artcelery import Settings, open_engine
from artcelery.core.errors import ArtceleryError, LimitError, MediaError
from artcelery.core.media.limits import Limits
from artcelery.core.media.probing.probe import probe
from tests.core.store.children import Child, start
from tests.media_files import frames_of, make_film, make_sound, make_still, picture_array

SECONDS = 10  # of a processor, which others may need too
HANGS_S = 60
MEGABYTES = 1000
FILMS = ("mp4", "mov", "mkv", "webm", "avi", "ts", "mpg", "flv", "gif", "apng")
SOUNDS = ("wav", "flac", "mp3", "m4a", "opus", "ogg")
STILLS = ("png", "jpg", "webp", "gif", "tiff", "bmp", "avif")


@dataclass(frozen=True)
class Outcome:
    """How the program ended: its exit code, its words, and what it took."""

    code: int
    words: str
    seconds: float
    megabytes: float


def artcelery(folder: Path, *words: object) -> Outcome:
    """Run the program in `folder`, with a home of its own there; what it renders, it renders itself."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ARTCELERY_")}
    environment = {**kept, "ARTCELERY_HOME": str(folder / "home"), "PYTHONUTF8": "1"}
    here = ["--sync"] if words[0] in ("render", "run") else []
    command = [sys.executable, "-m", "artcelery", str(words[0]), *here, *map(str, words[1:])]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment, cwd=folder
        )
        hanging = threading.Timer(HANGS_S, process.kill)
        hanging.start()
        _, status, used = os.wait4(process.pid, 0)
        hanging.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    return Outcome(process.returncode, text, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def is_refused(outcome: Outcome, *expected: str) -> None:
    """The program ended with an error that a person understands, in time and within its memory."""
    assert outcome.code in (1, 2, 3, 4), outcome
    is_modest(outcome)
    for word in expected:
        assert word in outcome.words, outcome


def is_modest(outcome: Outcome) -> None:
    assert "Traceback" not in outcome.words
    assert "should not have happened" not in outcome.words
    assert outcome.seconds < SECONDS
    assert outcome.megabytes < MEGABYTES


def render_each(home: str, *paths: str) -> None:
    """In a child: render each file, and say for each what came of it; then how much memory all that took."""
    with open_engine(Settings(home=Path(home))) as engine:
        for path in paths:
            print(json.dumps(path), flush=True)  # the last of these names the file that a crash was over
            began = time.process_time()
            try:
                sound = probe(Path(path)).kind == "sound"
                engine.render("identity" if sound else "invert", Path(path), format="flac" if sound else None)
                said = ["ok", ""]
            except ArtceleryError as error:
                said = [type(error).__name__, error.message]
            print(json.dumps([*said, time.process_time() - began]), flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def outcomes(child: Child) -> dict[Path, tuple[str, str]]:
    """What `render_each` said of each file: the class of the error ("ok" without one) and its message."""
    said, _ = child.communicate(timeout=110)
    lines = said.splitlines()
    assert child.returncode == 0, f"died with {child.returncode} over {lines[-1:]}"
    *pairs, megabytes = map(json.loads, lines)
    assert megabytes < MEGABYTES
    found = {}
    for path, (kind, message, seconds) in zip(pairs[::2], pairs[1::2], strict=True):
        assert seconds < SECONDS, path
        found[Path(path)] = (kind, message)
    return found


# Damaged files.


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file of every kind that is read."""
    folder = tmp_path_factory.mktemp("samples")
    for suffix in FILMS:
        make_film(folder / f"film.{suffix}", size=(64, 48), rate=10, seconds=1)
    for suffix in SOUNDS:
        make_sound(folder / f"sound.{suffix}", seconds=0.5)
    make_sound(folder / "cover.mp3", seconds=0.5, cover=True)
    for suffix in STILLS:
        make_still(folder / f"still.{suffix}")
    make_still(folder / "alpha.png", picture_array(channels=4))
    make_still(folder / "alpha.webp", picture_array(channels=4))
    make_still(folder / "turned.jpg", turn=6, progressive=True)
    for compression in ("tiff_lzw", "tiff_deflate", "jpeg", "packbits"):
        make_still(folder / f"{compression}.tiff", compression=compression)
    Image.fromarray(picture_array()).convert("CMYK").save(folder / "cmyk.jpg")
    return folder


def _damaged(data: bytes, dice: random.Random) -> bytes:
    """The data with bits flipped, bytes overwritten, a part missing or the end cut off."""
    made = bytearray(data)
    where = dice.randrange(len(made))
    how = dice.choice(("bits", "bits", "head", "zeros", "ones", "gap", "cut"))
    if how == "bits":
        for _ in range(dice.choice((1, 3, 10, 50))):
            made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
    elif how == "head":
        for _ in range(dice.choice((1, 2, 4))):
            made[dice.randrange(min(len(made), 256))] = dice.randrange(256)
    elif how in ("zeros", "ones"):
        part = made[where : where + dice.choice((4, 32, 512))]
        made[where : where + len(part)] = (b"\0" if how == "zeros" else b"\xff") * len(part)
    elif how == "gap":
        del made[where : where + dice.choice((1, 16, 400))]
    else:
        del made[where + 1 :]
    return bytes(made)


@pytest.mark.parametrize("batch", range(3))
def test_damaged_files_are_errors_or_results_and_never_crashes(samples: Path, tmp_path: Path, batch: int) -> None:
    files = []
    sources = sorted(samples.iterdir())
    for number in range(100):
        dice = random.Random(1000 * batch + number)
        source = dice.choice(sources)
        files.append(tmp_path / f"{number:03}-{source.name}")
        files[-1].write_bytes(_damaged(source.read_bytes(), dice))
    found = outcomes(start(render_each, tmp_path / "home", *files))
    assert list(found) == files
    assert all(kind == "ok" or path.name in message for path, (kind, message) in found.items()), found
    kinds = [kind for kind, _ in found.values()]
    assert 20 < kinds.count("ok") < 80
    assert set(kinds) <= {"ok", "MediaError", "LimitError", "RenderError"}


def test_what_is_cut_in_half_is_never_taken_for_the_whole(samples: Path, tmp_path: Path) -> None:
    """Of all kinds of files that say how long they are (an MPEG stream, an MP3 or an Ogg does not)."""
    silent = ("film.ts", "film.mpg", "cover.mp3", "sound.mp3", "sound.ogg", "sound.opus", "film.gif", "film.apng")
    halves = []
    for source in sorted(samples.iterdir()):
        data = source.read_bytes()
        halves.append(tmp_path / source.name)
        halves[-1].write_bytes(data[: len(data) // 2])
    found = outcomes(start(render_each, tmp_path / "home", *halves))
    taken = {path.name for path, (kind, _) in found.items() if kind == "ok"}
    assert taken <= set(silent), taken
    assert all("cut short" in message or "damaged" in message for kind, message in found.values() if kind != "ok")


def test_an_error_while_rendering_names_the_file_as_the_user_does(samples: Path, tmp_path: Path) -> None:
    path = tmp_path / "my photo.jpg"
    data = (samples / "still.jpg").read_bytes()
    path.write_bytes(data[:-200])
    is_refused(artcelery(tmp_path, "render", "invert", path.name), "'my photo.jpg'", "damaged or cut short")


# Files that lie about how large they are.


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(width: int, height: int, *extra: bytes) -> bytes:
    """A black RGB picture, packed as small as it gets."""
    packer, row = zlib.compressobj(9), bytes(1 + 3 * width)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), *extra, _chunk(b"IDAT", packed), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_picture_of_256_million_pixels_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(_png(16_000, 16_000))
    assert path.stat().st_size < 760_000
    outcome = artcelery(tmp_path, "render", "invert", "bomb.png")
    is_refused(outcome, "'bomb.png' has 16000x16000 pixels; the limit is 67108864", "raise max_pixels")


def test_a_picture_at_the_limit_is_rendered_within_the_memory(tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(_png(8192, 8192))
    outcome = artcelery(tmp_path, "render", "invert", "large.png", "-o", "out.png")
    is_modest(outcome)
    assert outcome.code == 0, outcome
    assert (np.asarray(Image.open(tmp_path / "out.png").crop((8000, 8000, 8192, 8192))) == 255).all()


def _patched(data: bytes, after: bytes, offset: int, new: bytes) -> bytes:
    at = data.index(after) + offset
    return data[:at] + new + data[at + len(new) :]


def _with_tag(tiff: bytes, code: int, value: int) -> bytes:
    """A little-endian TIFF whose tag has another value."""
    (start,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, start)
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        if struct.unpack_from("<H", tiff, entry) == (code,):
            return tiff[: entry + 2] + struct.pack("<HII", 4, 1, value) + tiff[entry + 12 :]
    raise AssertionError(f"no tag {code}")


def _liars(samples: Path) -> dict[str, bytes]:
    """Small files that say they are huge, by name."""
    data = {path.name: path.read_bytes() for path in samples.iterdir()}
    small = _png(64, 48)
    header = struct.pack(">II", 60_000, 60_000) + data["film.apng"][24:29]
    huge_jpeg = _patched(data["still.jpg"], b"\xff\xc0", 5, struct.pack(">HH", 65_000, 65_000))
    return {
        "still.gif": _patched(data["still.gif"], b"GIF8", 6, b"\xff\xff\xff\xff"),
        "film.gif": _patched(data["film.gif"], b"GIF8", 6, b"\xff\xff\xff\xff"),
        "within-limits-of-stills.gif": _patched(data["film.gif"], b"GIF8", 6, b"\xff\x1f\xff\x1f"),
        "film.apng": data["film.apng"][:8] + _chunk(b"IHDR", header) + data["film.apng"][33:],
        "extended.webp": _patched(data["alpha.webp"], b"VP8X", 12, b"\xfe\x3f\0\xfe\x3f\0"),
        "lossy.webp": _patched(data["still.webp"], b"\x9d\x01\x2a", 3, b"\xff\x3f\xff\x3f"),
        "wide.tiff": _with_tag(_with_tag(data["tiff_lzw.tiff"], 256, 60_000), 257, 60_000),
        "one-strip.tiff": _with_tag(_with_tag(data["tiff_lzw.tiff"], 256, 8192), 278, 2**31 - 1),
        "many-samples.tiff": _with_tag(data["tiff_lzw.tiff"], 277, 60_000),
        "still.bmp": _patched(data["still.bmp"], b"BM", 18, struct.pack("<ii", 30_000, 30_000)),
        "still.jpg": huge_jpeg,
        "still.avif": _patched(data["still.avif"], b"ispe", 8, struct.pack(">II", 30_000, 30_000)),
        "text.png": small[:33] + _chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(10**8), 9)) + small[33:],
        "profile.png": small[:33] + _chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(10**8), 9)) + small[33:],
        "film.mp4": _patched(data["film.mp4"], b"avc1\0\0\0\0\0\0\0\x01", 28, struct.pack(">HH", 30_000, 30_000)),
        "film.avi": _patched(data["film.avi"], b"strf", 12, struct.pack("<ii", 40_000, 40_000)),
    }


def test_small_files_that_say_they_are_huge_cost_nothing(samples: Path, tmp_path: Path) -> None:
    liars = _liars(samples)
    for name, data in liars.items():
        (tmp_path / name).write_bytes(data)
    found = outcomes(start(render_each, tmp_path / "home", *(tmp_path / name for name in liars)))
    kinds = {path.name: kind for path, (kind, _) in found.items()}
    # The decoder asks the stream, which tells the truth, and Pillow does not count samples that it does not read.
    honest = {name for name, kind in kinds.items() if kind == "ok"}
    assert honest <= {"film.mp4", "film.avi", "many-samples.tiff"}
    refused = {name for name, kind in kinds.items() if kind == "LimitError"}
    assert refused >= {"still.gif", "film.gif", "within-limits-of-stills.gif", "film.apng", "extended.webp"}
    assert refused >= {"lossy.webp", "wide.tiff", "still.bmp", "still.jpg"}


def test_a_film_whose_pictures_are_larger_than_its_header_says_is_not_decoded(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.avi", size=(64, 48), codec="mjpeg", pix_fmt="yuvj420p", audio=None, seconds=0.2)
    path.write_bytes(path.read_bytes().replace(b"\x08\x00\x30\x00\x40\x03", b"\x08\xea\x60\xea\x60\x03"))
    with pytest.raises(MediaError, match="damaged"):
        probe(path)


def test_a_film_with_more_pixels_than_its_limit_is_refused(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mkv", size=(64, 48), seconds=0.2)
    with pytest.raises(LimitError, match=r"64x48 pixels; the limit for a film is 3000\. .* raise max_pixels"):
        probe(path, Limits(max_pixels=6001))
    assert probe(path, Limits(max_pixels=2 * 64 * 48)).kind == "film"


@pytest.mark.parametrize("name", ["film.mkv", "film.gif", "still.gif", "still.jpg"])
def test_a_file_with_gigabytes_of_nothing_in_it_is_given_up_soon(samples: Path, tmp_path: Path, name: str) -> None:
    data = (samples / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data if name == "film.mkv" else data[:300])
    os.truncate(path, 4 * 10**9 if name == "film.mkv" else Limits().max_still_bytes)
    began = time.process_time()
    with pytest.raises(MediaError, match="too long to read"):
        probe(path, Limits(open_timeout_s=1))
    assert time.process_time() - began < SECONDS


# Files that point to other files.


class Opened:
    """The names of the files of a folder that anybody opens, as the kernel tells them (inotify)."""

    _IN_OPEN, _EVENT = 0x20, struct.Struct("iIII")

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        watch = self._libc.inotify_add_watch(self._descriptor, os.fsencode(folder), self._IN_OPEN)
        if self._descriptor < 0 or watch < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def names(self) -> set[str]:
        """The names of files opened since the last call."""
        found = set()
        while events := self._read():
            at = 0
            while at < len(events):
                *_, length = self._EVENT.unpack_from(events, at)
                at += self._EVENT.size + length
                found.add(os.fsdecode(events[at - length : at].rstrip(b"\0")))
        return found - {""}

    def _read(self) -> bytes:
        try:
            return os.read(self._descriptor, 65536)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        os.close(self._descriptor)


@pytest.fixture
def baits(tmp_path: Path) -> Iterator[tuple[Path, Opened]]:
    """A folder with media that nobody may open, and a watch over it."""
    folder = tmp_path / "media"
    folder.mkdir()
    make_film(folder / "bait.ts", size=(64, 48), seconds=0.5)
    make_film(folder / "bait.mp4", size=(64, 48), seconds=0.5)
    for number in (1, 2):
        make_still(folder / f"img{number:03}.png")
    os.mkfifo(folder / "pipe")
    opened = Opened(folder)
    yield folder, opened
    opened.close()


POINTERS: dict[str, tuple[str, str]] = {
    "list.m3u8": ("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:1.0,\n{at}/bait.ts\n#EXT-X-ENDLIST\n", "a playlist"),
    "pipe.mp4": ("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:1.0,\n{at}/pipe\n#EXT-X-ENDLIST\n", "a playlist"),
    "list.ffconcat": ("ffconcat version 1.0\nfile '{at}/bait.mp4'\n", "a list of files"),
    "list.txt": ("file '{at}/bait.mp4'\n", "a text file"),
    "session.sdp": ("v=0\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n", "a text file"),
    "web.m3u8": ("#EXTM3U\n#EXTINF:1.0,\nhttp://127.0.0.1:{port}/x.ts\n#EXT-X-ENDLIST\n", "a playlist"),
    "page.html": ("<html><img src='file://{at}/img001.png'></html>", "a web page"),
    "drawing.svg": ("<svg xmlns='http://www.w3.org/2000/svg'><image href='{at}/img001.png'/></svg>", "an SVG drawing"),
    "drawing.eps": ("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({at}/img001.png) run\n", "a PostScript file"),
    "list.mpd": ("<?xml version='1.0'?><MPD><BaseURL>file://{at}/bait.mp4</BaseURL></MPD>", "a text file"),
    "text.mp4": ("these are words, and no film\n" * 100, "a text file"),
}


@pytest.mark.parametrize("name", POINTERS)
def test_a_file_that_names_others_is_refused_and_none_of_them_opened(baits: tuple[Path, Opened], name: str) -> None:
    folder, opened = baits
    text, kind = POINTERS[name]
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        (folder / name).write_text(text.format(at=folder, port=server.getsockname()[1]))
        opened.names()
        outcome = artcelery(folder.parent, "render", "invert", f"media/{name}")
        with pytest.raises(BlockingIOError):
            server.accept()
    is_refused(outcome, f"{name}' is {kind}", "give a picture, a film or a sound")
    assert opened.names() == {name}


def _box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data


def _pointing_elsewhere(movie: bytes, path: Path) -> bytes:
    """A QuickTime film with its index at its end, whose samples lie in another file as it says."""
    target = _box(b"url ", bytes(4) + b"file://" + os.fsencode(path) + b"\0")
    at = movie.index(b"dref") - 4
    (length,) = struct.unpack_from(">I", movie, at)
    made = bytearray(movie[:at] + _box(b"dref", struct.pack(">II", 0, 1) + target) + movie[at + length :])
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        place = movie.rindex(name, 0, at) - 4
        struct.pack_into(">I", made, place, struct.unpack_from(">I", made, place)[0] + len(made) - len(movie))
    return bytes(made)


def test_a_film_that_keeps_its_samples_in_another_file_does_not_open_it(baits: tuple[Path, Opened]) -> None:
    folder, opened = baits
    path = make_film(folder / "film.mov", size=(64, 48), seconds=0.5, audio=None)
    path.write_bytes(_pointing_elsewhere(path.read_bytes(), folder / "bait.mp4"))
    opened.names()
    is_modest(artcelery(folder.parent, "render", "invert", "media/film.mov"))
    assert opened.names() == {"film.mov"}


def test_a_pattern_of_numbered_files_is_only_a_name(baits: tuple[Path, Opened]) -> None:
    folder, opened = baits
    is_refused(artcelery(folder.parent, "render", "invert", "media/img%03d.png"), "there is no asset, file or hash")
    assert opened.names() == set()
    make_still(folder / "img%03d.png", picture_array(32, 24))
    opened.names()
    assert artcelery(folder.parent, "render", "invert", "media/img%03d.png", "-o", "out.png").code == 0
    assert opened.names() == {"img%03d.png"}
    assert frames_of(folder.parent / "out.png")[0].shape == (24, 32, 3)


@pytest.mark.parametrize(
    "name", ["http://127.0.0.1:9/x.mp4", "file:bait.mp4", "concat:bait.ts|bait.ts", "pipe:0", "fd:0", "data:,x"]
)
def test_no_protocol_is_understood(baits: tuple[Path, Opened], name: str) -> None:
    folder, opened = baits
    is_refused(artcelery(folder, "render", "invert", name), f"there is no asset, file or hash '{name}'")
    assert opened.names() == {"home"}


# What is no file, and what has an odd name.


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(path.parent, os.O_RDONLY)  # the whole path may be too long for a socket
        server.bind(f"/proc/self/fd/{here}/{path.name}")
        os.close(here)


THINGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty.png": (Path.touch, "is empty (0 bytes); was it copied whole?"),
    "folder.png": (Path.mkdir, "not a regular file"),
    "pipe.mp4": (os.mkfifo, "not a regular file"),
    "socket": (_socket, "not a regular file"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
    "dangling.png": (lambda path: path.symlink_to("nowhere.png"), "No such file"),
    "loop.png": (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
}


@pytest.mark.parametrize("name", THINGS)
def test_what_is_no_file_of_media_is_refused_at_once(tmp_path: Path, name: str) -> None:
    make, message = THINGS[name]
    make(tmp_path / name)
    is_refused(artcelery(tmp_path, "render", "invert", name), f"'{name}'", message)
    with pytest.raises(MediaError, match=name):
        probe(tmp_path / name)


def import_unread(home: str, path: str) -> None:
    """In a child without the rights of an administrator: import a file that nobody may read."""
    with open_engine(Settings(home=Path(home))) as engine:
        if os.geteuid() == 0:
            os.seteuid(65534)
        for attempt in (engine.assets.add, probe):
            try:
                attempt(Path(path))
            except ArtceleryError as error:
                print(error.message)
        if os.getuid() == 0:
            os.seteuid(0)


def test_a_file_without_read_permission_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = make_still(Path(folder, "secret.png"))
        path.chmod(0)
        child = start(import_unread, Path(folder, "home"), path)
        said, _ = child.communicate(timeout=60)
        assert child.returncode == 0
        assert said.lower().splitlines() == [f"'{path}' cannot be read: permission denied".lower()] * 2


NAMES = (
    *("a b.png", 'it\'s "quoted".png', "new\nline.png", ";$(touch x)`touch x`.png", "-dash.png", "--help", "|x"),
    *("http:x.png", "file:x.png", "pipe:1", "concat:a|b.png", "%03d.png", "*.png", "a:b,c=d;[e].png", "caf\udce9.png"),
)


def test_any_name_is_only_a_name(samples: Path, tmp_path: Path) -> None:
    wanted = (samples / "film.mp4").read_bytes()
    paths = [tmp_path / name for name in NAMES]
    for path in paths:
        path.write_bytes(wanted)
    found = outcomes(start(render_each, tmp_path / "home", *paths))
    assert list(found.values()) == [("ok", "")] * len(NAMES)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*NAMES, "home"])
    with open_engine(Settings(home=tmp_path / "home")) as engine:
        assert len(engine.runs.page().runs) == len(NAMES)


@pytest.mark.parametrize("name", ["-dash.png", "caf\udce9.png", "new\nline;$(touch x).png"])
def test_the_program_takes_any_name_too(tmp_path: Path, name: str) -> None:
    make_still(tmp_path / name)
    assert artcelery(tmp_path, "cache", "import", "--name", "odd", "--", name).code == 0
    outcome = artcelery(tmp_path, "render", "invert", "-o", "out.png", "--", name)
    assert outcome.code == 0, outcome
    assert (frames_of(tmp_path / "out.png")[0] == 255 - picture_array()).all()
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("length", [300, 5000])
def test_a_name_that_is_too_long_is_a_clear_error(tmp_path: Path, length: int) -> None:
    is_refused(artcelery(tmp_path, "render", "invert", "x" * length), "there is no asset, file or hash")


def test_every_sample_is_readable_when_it_is_whole(samples: Path, tmp_path: Path) -> None:
    """What the tests above damage was right before."""
    found: dict[Path, Any] = outcomes(start(render_each, tmp_path / "home", *sorted(samples.iterdir())))
    assert {kind for kind, _ in found.values()} == {"ok"}, found
