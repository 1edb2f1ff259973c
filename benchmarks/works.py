"""The pieces of work that are measured, and what they are measured against."""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg

from benchmarks.timing import Measured, Row, in_turn, run_once

CHAIN = """\
name: chain
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: hue, type: EFFECT, config: {effect: hue, params: {degrees: 30}}, inputs: film}
    - {id: blur, type: EFFECT, config: {effect: blur, params: {radius: 4}}, inputs: hue}
    - {id: invert, type: EFFECT, config: {effect: invert}, inputs: blur}
    - {id: vignette, type: EFFECT, config: {effect: vignette}, inputs: invert}
  output: vignette
"""
CUT = """\
name: cut
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: part, type: SEGMENT, config: {offset: %s, duration: 2}, inputs: film}
  output: part
"""
PLAIN = """\
name: plain
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: hue, type: EFFECT, config: {effect: hue, params: {degrees: 30}}, inputs: film}
  output: hue
"""
X264 = ["-c:v", "libx264", "-preset", "fast", "-crf", "18", "-profile:v", "high", "-pix_fmt", "yuv420p"]
X264 += ["-g", "48", "-threads", "4", "-x264-params", "cpu-independent=1"]
AAC = ["-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart"]


@dataclass
class Bench:
    """A folder of films, and the two programs."""

    folder: Path
    runs: int
    films: dict[tuple[int, str], Path] = field(default_factory=dict)

    @property
    def ffmpeg(self) -> str:
        return str(imageio_ffmpeg.get_ffmpeg_exe())

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, "ARTCELERY_HOME": str(self.home)}

    def forget(self) -> None:
        """A cold start: nothing known, nothing stored."""
        shutil.rmtree(self.home, ignore_errors=True)

    def artcelery(self, *words: str | Path) -> Measured:
        return run_once([str(Path(sys.executable).with_name("artcelery")), *map(str, words)], self.env)

    def bare(self) -> Measured:
        """A Python that only imports what every command needs."""
        return run_once([sys.executable, "-c", "import typer, rich.console"])

    def rival(self, *words: str | Path) -> Measured:
        return run_once([self.ffmpeg, "-v", "error", "-y", *map(str, words)])

    def film(self, seconds: int, size: str = "1920x1080") -> Path:
        """A film with sound, made once."""
        path = self.folder / f"film-{seconds}-{size}.mp4"
        if not path.exists():
            picture = f"testsrc2=size={size}:rate=30:duration={seconds}"
            sound = f"sine=frequency=440:sample_rate=48000:duration={seconds}"
            sources = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
            speed = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "60"]
            run_once([self.ffmpeg, "-v", "error", "-y", *sources, *speed, "-c:a", "aac", "-ac", "2", str(path)])
        return path

    def silent(self, seconds: int, size: str) -> Path:
        """The same film without its sound."""
        path = self.folder / f"silent-{seconds}-{size}.mp4"
        if not path.exists():
            film = self.film(seconds, size)
            run_once([self.ffmpeg, "-v", "error", "-y", "-i", str(film), "-an", "-c", "copy", str(path)])
        return path

    def look(self, seconds: int, source: str) -> Path:
        """Another film of 1080p30 with sound, of one of FFmpeg's sources, made once."""
        path = self.folder / f"{source}-{seconds}.mp4"
        if not path.exists():
            picture = f"{source}=size=1920x1080:rate=30" if source != "life" else "life=size=960x540:rate=30:mold=10"
            sound = f"sine=frequency=660:sample_rate=48000:duration={seconds}"
            sources = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", str(seconds)]
            speed = ["-vf", "scale=1920:1080", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
            run_once(
                [self.ffmpeg, "-v", "error", "-y", *sources, *speed, "-g", "60", "-c:a", "aac", "-ac", "2", str(path)]
            )
        return path

    def track(self, seconds: int) -> Path:
        """A stereo track with a beat (120 a minute), made once."""
        path = self.folder / f"track-{seconds}.flac"
        if not path.exists():
            beat = "0.5*sin(2*PI*110*t)*exp(-20*mod(t,0.5))+0.1*sin(2*PI*440*t)"
            source = f"aevalsrc='{beat}|{beat}':s=44100:d={seconds}"
            run_once([self.ffmpeg, "-v", "error", "-y", "-f", "lavfi", "-i", source, str(path)])
        return path

    def config(self, name: str, text: str) -> Path:
        path = self.folder / f"{name}.yaml"
        path.write_text(text)
        return path


def seconds(measured: Measured) -> str:
    return f"{measured.wall_s:.2f} s"


def chain(bench: Bench) -> Iterator[Row]:
    """Four filters: beside one ffmpeg command, four in turn, and nothing to do."""
    film, config = bench.film(10), bench.config("chain", CHAIN)
    filters = ["hue=h=30", "gblur=sigma=4:steps=1", "negate=components=y+u+v", "vignette"]
    out = bench.folder / "out.mp4"

    def ours() -> Measured:
        bench.forget()
        return bench.artcelery("run", config, "-i", f"film={film}", "-o", out, "--force")

    def one() -> Measured:
        return bench.rival("-i", film, "-vf", ",".join(filters), *X264, *AAC, bench.folder / "one.mp4")

    def four() -> Measured:
        steps, source = [], film
        for number, item in enumerate(filters):
            target = bench.folder / f"step{number}.mp4"
            steps.append(bench.rival("-i", source, "-vf", item, *X264, *AAC, target))
            source = target
        return Measured(sum(step.wall_s for step in steps), sum(step.cpu_s for step in steps), 0)

    mine, single, several = in_turn([ours, one, four], bench.runs)
    cpu = f"{mine.cpu_s / single.cpu_s:.2f} x its processor time"
    ratio = mine.wall_s / single.wall_s
    name = "10 s of 1080p30 through hue, blur, invert, vignette, cold"
    yield Row(
        name,
        seconds(mine),
        f"{seconds(single)}, one ffmpeg command",
        f"{ratio:.2f} x ({cpu})",
        "<= 1.10 x",
        ratio <= 1.1,
    )
    ratio = mine.wall_s / several.wall_s
    rival = f"{seconds(several)}, four ffmpeg commands in turn"
    yield Row(f"{name}, once more", seconds(mine), rival, f"{ratio:.2f} x", "<= 0.5 x", ratio <= 0.5)


def known(bench: Bench) -> Iterator[Row]:
    """The same again, when everything is known; the import beside it says how fast the machine was meanwhile."""
    film, config = bench.film(10), bench.config("chain", CHAIN)

    def ours() -> Measured:
        return bench.artcelery("run", config, "--sync", "-i", f"film={film}")

    ours()
    again, bare = in_turn([ours, bench.bare], 3 * bench.runs)
    beside = f"{bare.wall_s * 1000:.0f} ms, import typer, rich.console"
    bar = again.wall_s <= 0.4
    yield Row("the same again, everything known", seconds(again), beside, seconds(again), "<= 0.4 s", bar)


def start(bench: Bench) -> Iterator[Row]:
    """How long `--help` takes, beside a Python that imports typer and rich.console."""
    mine, bare = in_turn([lambda: bench.artcelery("--help"), bench.bare], 3 * bench.runs)
    ratio = mine.wall_s / bare.wall_s
    ours, rival = f"{mine.wall_s * 1000:.0f} ms", f"{bare.wall_s * 1000:.0f} ms, import typer, rich.console"
    yield Row("artcelery --help", ours, rival, f"{ratio:.2f} x", "<= 1.5 x", ratio <= 1.5)


def still(bench: Bench) -> Iterator[Row]:
    """The cat through dog with nothing known."""

    def ours() -> Measured:
        bench.forget()
        return bench.artcelery("render", "dog", "cat", "--sync")

    (mine,) = in_turn([ours], bench.runs)
    yield Row("cat through dog, cold", seconds(mine), "-", seconds(mine), "<= 1.2 s", mine.wall_s <= 1.2)


def graph(bench: Bench) -> Iterator[Row]:
    """A graph of 10,000 nodes, and of 20,000: load, check, key, plan."""
    code = Path(__file__).parent / "large_graph.py"
    whole, keyed = {}, {}
    for nodes in (10_000, 20_000):
        bench.forget()
        runs = [_figures(code, nodes, bench) for _ in range(bench.runs)]
        whole[nodes] = statistics.median(run[0] for run in runs)
        keyed[nodes] = statistics.median(run[1] for run in runs)
    name = "a YAML graph of 10,000 nodes: load, check, key, plan"
    yield Row(name, f"{whole[10_000]:.2f} s", "-", f"{whole[10_000]:.2f} s", "<= 3 s", whole[10_000] <= 3)
    yield Row(
        "of these 10,000: key and plan",
        f"{keyed[10_000]:.2f} s",
        "-",
        f"{keyed[10_000]:.2f} s",
        "<= 0.6 s",
        keyed[10_000] <= 0.6,
    )
    ratio = whole[20_000] / whole[10_000]
    yield Row("20,000 nodes", f"{whole[20_000]:.2f} s", "10,000 nodes", f"{ratio:.2f} x", "<= 2.2 x", ratio <= 2.2)


def _figures(code: Path, nodes: int, bench: Bench) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, str(code), str(nodes)], env=bench.env, capture_output=True, text=True, check=True
    )
    whole, keyed = done.stdout.split()
    return float(whole), float(keyed)


def memory(bench: Bench) -> Iterator[Row]:
    """Peak memory of 10 minutes of 1080p beside 1 minute."""
    config = bench.config("plain", PLAIN)
    peaks = {}
    for length in (60, 600):
        film = bench.film(length)
        bench.forget()
        peaks[length] = bench.artcelery("run", config, "--sync", "-i", f"film={film}").peak_mb
    name = "peak memory, 10 minutes of 1080p"
    yield Row(name, f"{peaks[600]:.0f} MB", "-", f"{peaks[600]:.0f} MB", "<= 700 MB", peaks[600] <= 700)
    ratio = peaks[600] / peaks[60]
    yield Row(
        f"{name}, beside 1 minute",
        f"{peaks[600]:.0f} MB",
        f"{peaks[60]:.0f} MB, 1 minute",
        f"{ratio:.2f} x",
        "<= 1.15 x",
        ratio <= 1.15,
    )


def cut(bench: Bench) -> Iterator[Row]:
    """2 s cut at minute 9 of a 10-minute film, beside the same cut of a 20 s film; both films are in the cache."""
    long, short = bench.film(600), bench.film(20)
    late, early = bench.config("late", CUT % 540), bench.config("early", CUT % 10)

    def cold(config: Path, name: str) -> Measured:
        state = bench.home / "state.db"
        for file in state.parent.glob("state.db*"):
            file.unlink()
        bench.artcelery("cache", "import", long, "--name", "long")
        bench.artcelery("cache", "import", short, "--name", "short")
        return bench.artcelery("run", config, "--sync", "-i", f"film={name}")

    bench.forget()
    far, near = in_turn([lambda: cold(late, "long"), lambda: cold(early, "short")], bench.runs)
    ratio = far.wall_s / near.wall_s
    name = "2 s cut at minute 9 of a 10-minute film"
    yield Row(name, seconds(far), f"{seconds(near)}, from a 20 s film", f"{ratio:.2f} x", "<= 1.5 x", ratio <= 1.5)


def imported(bench: Bench) -> Iterator[Row]:
    """Importing 2 GB beside hashing them in memory."""
    from artcelery.core.store.disk import DiskStore

    path = bench.folder / "two-gigabytes"
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for _ in range(2048):
            file.write(block)
    ours, bare = [], []
    for _ in range(min(3, bench.runs)):
        folder = bench.folder / "store"
        began = time.perf_counter()
        DiskStore(folder).put(path)
        ours.append(time.perf_counter() - began)
        shutil.rmtree(folder)
        began = time.perf_counter()
        hasher = hashlib.sha3_256()
        for _ in range(2048):
            hasher.update(block)
        bare.append(time.perf_counter() - began)
    path.unlink()
    mine, rival = statistics.median(ours), statistics.median(bare)
    ratio = rival / mine
    speeds = f"{2048 / mine:.0f} MB/s", f"{2048 / rival:.0f} MB/s, sha3_256 over memory"
    yield Row("import of 2 GB into the store", *speeds, f"{ratio:.2f} x its speed", ">= 0.85 x", ratio >= 0.85)


WORKS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "chain": chain,
    "known": known,
    "start": start,
    "still": still,
    "graph": graph,
    "memory": memory,
    "cut": cut,
    "import": imported,
}
