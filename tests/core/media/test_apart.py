"""Files of strangers are looked at in processes that may do nothing else, and may die."""

from __future__ import annotations

import gc
import io
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import av
import numpy as np
import psutil
import pytest
from PIL import Image

from artcelery.core.errors import ArtceleryError, LimitError, MediaError, UnreachableError
from artcelery.core.media.apart import Apart
from artcelery.core.media.apart.messages import Job, parse_answer
from artcelery.core.media.limits import Limits
from artcelery.core.media.peaks import Peaks
from artcelery.core.media.probing.formats import format_of_file
from artcelery.core.media.probing.probe import probe
from tests.media_files import frames_of, make_film, make_sound, make_still, picture_array

PATIENCE_S = 60
T = TypeVar("T")
NOT_MEDIA = {
    "page.html": b"<!DOCTYPE html><script>alert(1)</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "program": b"\x7fELF" + bytes(400),
    "noise": bytes(range(256)) * 40,
}


@pytest.fixture(scope="module")
def apart() -> Apart:
    """Something that looks at files."""
    return Apart(Limits())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of each kind."""
    made = tmp_path_factory.mktemp("apart")
    make_still(made / "picture.png")
    make_still(made / "turned.jpg", turn=6)
    make_film(made / "film.mp4", seconds=2)
    make_film(made / "upright.mp4", seconds=0.5, rotation=90, audio=None)
    make_sound(made / "sound.flac", seconds=1)
    (made / "words.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n")
    return made


def helper_of_this_process() -> psutil.Process:
    """The helper that was started last."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # one that just ends
            if "apart.forking" in " ".join(child.cmdline()):
                found.append(child)
    return max(found, key=psutil.Process.create_time)  # not the highest number: these begin anew some time


def make_long_sound(folder: Path) -> Path:
    """A sound that takes a while to draw."""
    return make_sound(folder / "long.flac", seconds=1200, layout="mono", sample_rate=8000)


def wait_for(found: Callable[[], T | None]) -> T:
    """What is there, sooner or later."""
    until = time.monotonic() + PATIENCE_S
    while (value := found()) is None:
        assert time.monotonic() < until, "it never happens"
        time.sleep(0.002)
    return value


@pytest.mark.parametrize("name", ["picture.png", "turned.jpg", "film.mp4", "sound.flac", "words.srt"])
def test_what_is_found_apart_is_what_is_found_here(apart: Apart, folder: Path, name: str) -> None:
    found = apart.probe(folder / name, name)
    assert (found.clip, found.format) == (probe(folder / name), format_of_file(folder / name))


@pytest.mark.parametrize("name", NOT_MEDIA)
def test_what_is_no_media_is_refused_by_its_name(apart: Apart, tmp_path: Path, name: str) -> None:
    (tmp_path / "blob").write_bytes(NOT_MEDIA[name])
    with pytest.raises(MediaError, match=f"'{name}'"):
        apart.probe(tmp_path / "blob", name)


def test_the_limits_hold_before_anything_is_decoded(tmp_path: Path) -> None:
    make_still(tmp_path / "large.png", picture_array(640, 480))
    with pytest.raises(LimitError, match="640x480 pixels"):
        Apart(Limits(max_pixels=1000)).probe(tmp_path / "large.png", "large.png")


def test_a_child_that_crashes_is_an_error_about_its_file_and_nothing_more(apart: Apart, tmp_path: Path) -> None:
    long = make_long_sound(tmp_path)
    apart.probe(long, "long.flac")
    helper = helper_of_this_process()
    errors: list[ArtceleryError] = []

    def look() -> None:
        try:
            apart.waveform(long, "long.flac")
        except ArtceleryError as error:
            errors.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    wait_for(lambda: next(iter(helper.children()), None)).send_signal(signal.SIGSEGV)
    thread.join(PATIENCE_S)
    assert [(type(error), error.message) for error in errors] == [
        (MediaError, "'long.flac' makes its decoder crash; it is damaged or made to do so")
    ]
    assert helper.is_running()
    assert apart.probe(long, "long.flac").clip.kind == "sound"


def test_a_helper_that_was_killed_is_started_again(apart: Apart, folder: Path) -> None:
    apart.probe(folder / "picture.png", "picture.png")
    helper = helper_of_this_process()
    helper.kill()
    assert apart.probe(folder / "picture.png", "picture.png").clip.kind == "still"
    assert helper_of_this_process() != helper


def test_a_helper_that_stands_still_is_left_for_another_and_ends(folder: Path) -> None:
    apart = Apart(Limits(), probe_s=2, grace_s=1)
    apart.probe(folder / "picture.png", "picture.png")
    helper = helper_of_this_process()
    helper.suspend()
    assert apart.probe(folder / "picture.png", "picture.png").clip.kind == "still"
    assert helper_of_this_process() != helper
    helper.wait(PATIENCE_S)
    apart.close()


def test_many_threads_look_at_files_at_once(apart: Apart, folder: Path) -> None:
    names = ["picture.png", "film.mp4", "sound.flac", "words.srt"] * 10
    found: dict[int, str] = {}

    def look(number: int) -> None:
        found[number] = apart.probe(folder / names[number], names[number]).clip.kind

    threads = [threading.Thread(target=look, args=[number]) for number in range(len(names))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert [found[number] for number in range(len(names))] == ["still", "film", "sound", "data"] * 10


def test_the_helper_ends_with_who_started_it_and_knows_no_secret(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTCELERY_API_TOKEN", "a-canary")
    apart = Apart(Limits())
    apart.probe(folder / "picture.png", "picture.png")
    helper = helper_of_this_process()
    assert "a-canary" not in str(helper.environ())
    apart.close()
    assert not helper.is_running()
    assert apart.probe(folder / "picture.png", "picture.png").clip.kind == "still"
    helper = helper_of_this_process()
    del apart
    gc.collect()
    assert not helper.is_running()


def test_what_is_asked_while_all_ends_is_not_asked_of_another_helper(tmp_path: Path) -> None:
    apart = Apart(Limits())
    long = make_long_sound(tmp_path)
    apart.probe(long, "long.flac")
    helper = helper_of_this_process()
    errors: list[ArtceleryError] = []

    def look() -> None:
        try:
            apart.waveform(long, "long.flac")
        except ArtceleryError as error:
            errors.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    wait_for(lambda: next(iter(helper.children()), None)).suspend()
    apart.close()
    thread.join(PATIENCE_S)
    assert [type(error) for error in errors] == [UnreachableError]
    assert not helper.is_running()


def test_a_process_with_many_open_files_has_a_helper_too(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2000, hard), hard))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        assert Apart(Limits()).probe(folder / "picture.png", "picture.png").clip.kind == "still"
    finally:
        for descriptor in opened:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def jobs() -> Iterator[socket.socket]:
    """A helper that takes jobs of any kind."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with mine, theirs:
        command = [sys.executable, "-m", "artcelery.core.media.apart.forking", str(theirs.fileno())]
        with subprocess.Popen(command, pass_fds=[theirs.fileno()]) as process:
            theirs.close()
            yield mine
            mine.close()
            assert process.wait(PATIENCE_S) == 0


def ask(jobs: socket.socket, job: Job) -> bytes:
    """All that comes back."""
    mine, theirs = socket.socketpair()
    with mine:
        with theirs:
            socket.send_fds(jobs, [job.to_bytes()], [theirs.fileno()])
        return b"".join(iter(lambda: mine.recv(1 << 16), b""))


def test_a_file_that_takes_too_long_is_given_up(jobs: socket.socket, tmp_path: Path) -> None:
    long = make_long_sound(tmp_path)
    sent = ask(jobs, Job("waveform", str(long), "long.flac", Limits(), wall_s=0.01))
    with pytest.raises(LimitError, match=r"'long\.flac' takes too long to read"):
        parse_answer(sent, "long.flac")


def test_a_file_that_takes_too_much_memory_is_refused(jobs: socket.socket, tmp_path: Path) -> None:
    array = np.zeros((6000, 6000, 3), np.uint8)
    large = make_still(tmp_path / "large.png", array, compress_level=1)
    job = Job("thumbnail", str(large), "large.png", Limits(), 64, memory_bytes=150 << 20)
    with pytest.raises(MediaError):
        parse_answer(ask(jobs, job), "large.png")
    assert parse_answer(ask(jobs, Job("thumbnail", str(large), "large.png", Limits(), 64)), "large.png")


def test_a_long_sound_is_heard_in_little_memory(jobs: socket.socket, tmp_path: Path) -> None:
    seconds, long = 1200, tmp_path / "long.wav"
    with wave.open(str(long), "wb") as output:
        output.setparams((2, 2, 48_000, 1, "NONE", ""))
        output.writeframesraw(b"\0\0\0\x20")
    size = 48_000 * seconds * 4
    with long.open("r+b") as file:  # the rest is silence, which takes no room
        for at, value in ((4, size + 36), (40, size)):
            file.seek(at)
            file.write(value.to_bytes(4, "little"))
        file.truncate(size + 44)
    answer = parse_answer(ask(jobs, Job("waveform", str(long), "long.wav", Limits(), memory_bytes=200 << 20)), "long")
    assert answer
    peaks = Peaks.of(answer.data)
    assert peaks.step * peaks.width / 48_000 == pytest.approx(seconds, rel=0.01)
    assert (peaks.high[0], set(peaks.high[1:])) == (32, {0})


@pytest.mark.parametrize(
    "sent", [b"\0\0\0\0", b"no json\n\0\0\0\0", b"[1]\n\0\0\0\0", b'"x"\n\0\0\0\0', b"\xff\xfe\n\0\0\0\0"]
)
def test_an_answer_that_makes_no_sense_is_an_error_about_the_file(sent: bytes) -> None:
    with pytest.raises(MediaError, match="says nothing that makes sense"):
        parse_answer(sent, "file")


ATTEMPTS = """
import os, socket, subprocess, sys, threading
from pathlib import Path
from typing import TypeVar
from artcelery.core.media.apart.confining import confine
from artcelery.core.media.apart.messages import Job
from artcelery.core.media.limits import Limits
from artcelery.core.media.peaks import Peaks
mine, other, port, parent = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
attempts = {
    "mine": lambda: open(mine).read(),
    "other": lambda: open(other).read(),
    "folder": lambda: os.listdir(os.path.dirname(other)),
    "environ": lambda: open(f"/proc/{parent}/environ").read(),
    "write": lambda: open(mine, "r+"),
    "create": lambda: open(other + ".new", "w"),
    "remove": lambda: os.unlink(other),
    "connect": lambda: socket.create_connection(("127.0.0.1", port), 1),
    "program": lambda: os.execv("/bin/sh", ["sh", "-c", "true"]),
    "signal": lambda: os.kill(parent, 0),
}
confine(Job("probe", mine, "mine", Limits()))
for name, attempt in attempts.items():
    try:
        attempt()
        print(name, "did")
    except OSError as error:
        print(name, "failed")
"""


def has_landlock() -> bool:
    """Whether the kernel can confine processes."""
    import ctypes

    version: int = ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1)
    return version >= 6


@pytest.mark.skipif(not has_landlock(), reason="the kernel has no Landlock, or an old one")
def test_a_confined_process_reads_its_file_and_does_nothing_else(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.write_text("mine")
    other.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = [sys.executable, "-c", ATTEMPTS, str(mine), str(other), str(port), str(os.getpid())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    said = dict(line.split() for line in done.stdout.splitlines())
    assert said == {"mine": "did"} | dict.fromkeys([*list(said)[1:]], "failed")
    assert len(said) == 10
    assert other.read_text() == "secret"


def image_of(data: bytes) -> Image.Image:
    """A WebP, decoded."""
    image = Image.open(io.BytesIO(data))
    assert image.format == "WEBP"
    image.load()
    return image


def difference(one: Image.Image, other: np.ndarray) -> float:
    """How far pictures of one size are apart, on average."""
    return float(np.abs(np.asarray(one.convert("RGB"), np.float32) - other).mean())


@pytest.mark.parametrize(("size", "expected"), [(64, (64, 48)), (256, (256, 192)), (512, (320, 240))])
def test_a_thumbnail_fits_its_square_and_is_never_larger_than_the_picture(
    apart: Apart, tmp_path: Path, size: int, expected: tuple[int, int]
) -> None:
    picture = make_still(tmp_path / "picture.png", picture_array(320, 240))
    thumbnail = image_of(apart.thumbnail(picture, "picture.png", size))
    assert thumbnail.size == expected
    small = Image.fromarray(picture_array(320, 240)).resize(expected, Image.Resampling.LANCZOS)
    assert difference(thumbnail, np.asarray(small, np.float32)) < 4


def test_the_thumbnail_of_a_film_is_the_picture_a_tenth_in(apart: Apart, folder: Path) -> None:
    thumbnail = image_of(apart.thumbnail(folder / "film.mp4", "film.mp4", 512))
    pictures = frames_of(folder / "film.mp4")
    nearest = min(range(len(pictures)), key=lambda index: difference(thumbnail, pictures[index].astype(np.float32)))
    assert nearest == len(pictures) // 10
    assert difference(thumbnail, pictures[nearest].astype(np.float32)) < 8


def film_like(path: Path, graph: str) -> Path:
    """A film of what a lavfi graph makes."""
    with av.open(str(path), "w") as output, av.open(graph, format="lavfi") as pictures:
        stream = output.add_stream("libx264", rate=10, options={"preset": "ultrafast", "crf": "4"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for frame in pictures.decode(video=0):
            output.mux(stream.encode(frame.reformat(format="yuv420p")))
        output.mux(stream.encode(None))
    return path


def test_a_film_that_begins_in_the_dark_is_shown_where_it_is_not(apart: Apart, tmp_path: Path) -> None:
    fade = "color=black:size=160x120:rate=10:duration=10,geq=lum='if(gt(N\\,30)\\,200\\,16)':cb=128:cr=128"
    film = film_like(tmp_path / "late.mp4", fade)
    assert np.asarray(image_of(apart.thumbnail(film, "late.mp4", 64)).convert("L")).min() > 150


def test_of_a_film_that_is_dark_throughout_the_brightest_picture_is_shown(apart: Apart, tmp_path: Path) -> None:
    night = "color=black:size=160x120:rate=10:duration=10,geq=lum='if(between(N\\,48\\,52)\\,34\\,17)':cb=128:cr=128"
    film = film_like(tmp_path / "night.mp4", night)
    seen = np.asarray(image_of(apart.thumbnail(film, "night.mp4", 64)).convert("L"))
    assert 12 < seen.mean() < 24


def test_a_dark_film_that_is_damaged_further_on_is_shown_all_the_same(apart: Apart, tmp_path: Path) -> None:
    film = film_like(tmp_path / "dark.mp4", "color=black:size=160x120:rate=10:duration=10")
    data = bytearray(film.read_bytes())
    begin = data.index(b"mdat") + 4
    data[begin + 2000 : data.index(b"moov") - 8] = bytes(data.index(b"moov") - 8 - begin - 2000)
    film.write_bytes(data)
    assert image_of(apart.thumbnail(film, "dark.mp4", 64)).size == (64, 48)


def test_a_thumbnail_is_upright(apart: Apart, folder: Path) -> None:
    assert image_of(apart.thumbnail(folder / "upright.mp4", "upright.mp4", 256)).size == (192, 256)
    assert image_of(apart.thumbnail(folder / "turned.jpg", "turned.jpg", 64)).size == (48, 64)


def test_a_thumbnail_keeps_what_is_transparent(apart: Apart, tmp_path: Path) -> None:
    array = picture_array(64, 64, 4)
    array[:, :32, 3] = 0
    picture = make_still(tmp_path / "clear.png", array)
    alpha = np.asarray(image_of(apart.thumbnail(picture, "clear.png", 64)))[..., 3]
    assert alpha[:, :31].max() == 0
    assert alpha[:, 33:].max() > 100


def test_the_same_file_has_the_same_thumbnail(apart: Apart, folder: Path) -> None:
    first, second = (apart.thumbnail(folder / "film.mp4", name, 128) for name in ("one", "two"))
    assert first == second


def test_a_document_has_no_thumbnail(apart: Apart, folder: Path) -> None:
    with pytest.raises(MediaError, match="there is no thumbnail of it"):
        apart.thumbnail(folder / "words.srt", "words.srt", 64)
