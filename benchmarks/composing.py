"""Graphs of many inputs, beside the ffmpeg commands that do the same."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from artcelery.core.media.scaling import EXACT, exactly
from benchmarks.timing import Measured, Row, in_turn
from benchmarks.works import AAC, X264, Bench, seconds

LAYERS = """\
name: layers
dag:
  nodes:
    - {id: back, type: SOURCE, config: {input: true}}
    - {id: left, type: SOURCE, config: {input: true}}
    - {id: right, type: SOURCE, config: {input: true}}
    - {id: light, type: SOURCE, config: {input: true}}
    - id: layered
      type: LAYER
      config:
        audio: none
        layers:
          - {}
          - {width: 480, height: 270, position: [40, 40]}
          - {width: 480, height: 270, position: [1400, 770]}
      inputs: [back, left, right]
    - {id: blended, type: BLEND, config: {mode: screen, opacity: 0.5}, inputs: [layered, light]}
    - {id: mixed, type: AUDIO_MIX, inputs: [back, left]}
    - {id: film, type: MUX, inputs: [blended, mixed]}
  output: film
"""
MUX = """\
name: music
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: music, type: SOURCE, config: {input: true}}
    - {id: both, type: MUX, inputs: [film, music]}
  output: both
"""
BEATS = """\
name: beats
dag:
  nodes:
    - {id: track, type: SOURCE, config: {input: true}}
    - {id: beats, type: ANALYZE, config: {features: [tempo, beats, energy]}, inputs: track}
  output: beats
"""


Cut = tuple[int, float, float]
"""Number of the film, where the cut begins in it, how long it is (seconds)."""


def beside(work: str, mine: Measured, other: Measured, what: str, most: float, more: str = "") -> Row:
    """A row of two times: at most `most` times the other's is wanted."""
    ratio = mine.wall_s / other.wall_s
    said = f"{seconds(other)}, {what}"
    return Row(work, seconds(mine), said, f"{ratio:.2f} x{more}", f"<= {most:g} x", ratio <= most)


def named(films: Mapping[str, Path]) -> list[str]:
    """Films as inputs of a config."""
    return [word for name, film in films.items() for word in ("-i", f"{name}={film}")]


def numbered(films: Sequence[Path]) -> list[str]:
    return named({f"film{number}": film for number, film in enumerate(films)})


def sought(cuts: Sequence[Cut], films: Sequence[Path]) -> list[str]:
    """Cuts as inputs of ffmpeg."""
    words = (("-ss", f"{begin:g}", "-t", f"{length:g}", "-i", str(films[film])) for film, begin, length in cuts)
    return [word for cut in words for word in cut]


def sequence_of(cuts: Sequence[Cut], films: int, transition: str = "") -> str:
    """A SEQUENCE of stretches (film, begin, length) as YAML."""
    lines = ["name: sequence", "dag:", "  nodes:"]
    lines += [f"    - {{id: film{number}, type: SOURCE, config: {{input: true}}}}" for number in range(films)]
    for number, (film, begin, length) in enumerate(cuts):
        config = f"{{offset: {begin:g}, duration: {length:g}}}"
        lines.append(f"    - {{id: cut{number}, type: SEGMENT, config: {config}, inputs: film{film}}}")
    names = ", ".join(f"cut{number}" for number in range(len(cuts)))
    lines.append(f"    - {{id: film, type: SEQUENCE, config: {{{transition}}}, inputs: [{names}]}}")
    return "\n".join([*lines, "  output: film\n"])


def layers(bench: Bench) -> Iterator[Row]:
    """Three layers, a blend and a mix beside one -filter_complex: as ffmpeg converts by itself, and as exactly."""
    films = [bench.film(10), *(bench.look(10, look) for look in ("mandelbrot", "life", "cellauto"))]
    config, out, other = bench.config("layers", LAYERS), bench.folder / "out.mp4", bench.folder / "rival.mp4"
    given = named(dict(zip(("back", "left", "right", "light"), films, strict=True)))
    inputs = [word for film in films for word in ("-i", str(film))]

    def ours() -> Measured:
        bench.forget()
        return bench.artcelery("run", config, *given, "-o", out, "--force")

    def rival(graph: str) -> Measured:
        return bench.rival(*inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", *X264, *AAC, other)

    scale, to_rgb, to_yuv = (
        f"scale=480:270:flags={exactly('lanczos')}",
        "in_color_matrix=bt709",
        "out_color_matrix=bt709",
    )
    exact = f"sws_flags={EXACT};" + _layered(scale, f"scale={to_rgb},format=gbrp", f"scale={to_yuv},format=yuv420p")
    usual = _layered("scale=480:270", "format=gbrp", "format=yuv420p")
    mine, quick, alike = in_turn([ours, lambda: rival(usual), lambda: rival(exact)], bench.runs)
    _compare(bench, out, other)
    work = "3 layers, a blend and a mix over 10 s of 1080p30"
    for name, their in ((f"{work}, cold", quick), (f"{work}, the same conversions", alike)):
        cpu = f" ({mine.cpu_s / their.cpu_s:.2f} x its processor time)"
        yield beside(name, mine, their, "one ffmpeg -filter_complex", 1.15, cpu)


def _layered(scale: str, to_rgb: str, to_yuv: str) -> str:
    """The graph of `LAYERS` for ffmpeg, whose `blend` counts the opacity over the input that is given first."""
    return (
        f"[1:v]{scale}[l];[2:v]{scale}[r];[0:v][l]overlay=40:40[one];[one][r]overlay=1400:770,{to_rgb}[two];"
        f"[3:v]{to_rgb}[light];[two][light]blend=all_mode=screen:all_opacity=0.5,{to_yuv}[v];"
        "[0:a][1:a]amix=inputs=2[a]"
    )


def _compare(bench: Bench, one: Path, other: Path) -> None:
    """Refuse films that differ by more than two encodings of the same pictures do."""
    films = ["-i", str(one), "-i", str(other)]
    words = [bench.ffmpeg, "-hide_banner", "-nostats", *films, "-lavfi", "[0:v][1:v]psnr", "-f", "null", "-"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stderr
    found = float(said.rpartition("average:")[2].split()[0])
    if found < _ALIKE_DB:
        raise SystemExit(f"{one.name} and {other.name} do not show the same pictures (PSNR {found:.1f} dB)")


_ALIKE_DB = 36


def three(bench: Bench) -> list[Path]:
    """Films of 20 s of 1080p30 with sound, of another look each."""
    return [bench.film(20), bench.look(20, "testsrc"), bench.look(20, "gradients")]


def cuts(bench: Bench) -> Iterator[Row]:
    """48 clips of one second from three films, cold, and right after it with one clip changed."""
    films = three(bench)
    stretches = [(number % 3, 1 + 0.37 * (number // 3), 1.0) for number in range(48)]
    config = bench.config("sequence", sequence_of(stretches, 3))
    edited = bench.config("edited", sequence_of([*stretches[:20], (2, 12.5, 1.0), *stretches[21:]], 3))
    out = bench.folder / "out.mp4"
    graph = "".join(f"[{number}:v][{number}:a]" for number in range(48)) + "concat=n=48:v=1:a=1[v][a]"

    def cold() -> Measured:
        bench.forget()
        return bench.artcelery("run", config, *numbered(films), "-o", out, "--force")

    def changed() -> Measured:
        return bench.artcelery("run", edited, *numbered(films), "-o", out, "--force")

    def rival() -> Measured:
        maps = ["-filter_complex", graph, "-map", "[v]", "-map", "[a]"]
        return bench.rival(*sought(stretches, films), *maps, *X264, *AAC, bench.folder / "rival.mp4")

    mine, edit, other = in_turn([cold, changed, rival], bench.runs)
    name, cpu = "48 clips of 1 s cut from three films, cold", f" ({mine.cpu_s / other.cpu_s:.2f} x its processor time)"
    yield beside(name, mine, other, "ffmpeg's concat filter", 1.1, cpu)
    yield beside(f"{name}, on two cores", mine, other, "ffmpeg's concat filter", 0.8, cpu)
    yield beside("the same with 1 clip changed", edit, mine, "cold", 0.08)


def crossfade(bench: Bench) -> Iterator[Row]:
    """Ten clips, each cross-faded with the next."""
    films = three(bench)
    stretches = [(number % 3, 1 + 0.9 * number, 2.0) for number in range(10)]
    config = bench.config("crossfade", sequence_of(stretches, 3, "transition: {type: crossfade, duration: 0.5}"))
    given = numbered(films)
    inputs = sought(stretches, films)
    chain, last, sound = [], "0:v", "0:a"
    for number in range(1, 10):
        chain.append(f"[{last}][{number}:v]xfade=duration=0.5:offset={1.5 * number:g}[v{number}]")
        chain.append(f"[{sound}][{number}:a]acrossfade=d=0.5[a{number}]")
        last, sound = f"v{number}", f"a{number}"
    out = bench.folder / "out.mp4"

    def ours() -> Measured:
        bench.forget()
        return bench.artcelery("run", config, *given, "-o", out, "--force")

    def rival() -> Measured:
        maps = ["-filter_complex", ";".join(chain), "-map", f"[{last}]", "-map", f"[{sound}]"]
        return bench.rival(*inputs, *maps, *X264, *AAC, bench.folder / "rival.mp4")

    mine, other = in_turn([ours, rival], bench.runs)
    yield beside("crossfade of 10 clips of 2 s, cold", mine, other, "ffmpeg's xfade chain", 1.2)


def mux(bench: Bench) -> Iterator[Row]:
    """Ten minutes of film with another sound; the pictures are copied. Both files are in the cache."""
    film, track = bench.film(600), bench.track(600)
    config = bench.config("mux", MUX)

    def ours() -> Measured:
        state = bench.home / "state.db"
        for file in state.parent.glob("state.db*"):
            file.unlink()
        bench.artcelery("cache", "import", film, "--name", "film")
        bench.artcelery("cache", "import", track, "--name", "music")
        return bench.artcelery("run", config, "--sync", "-i", "film=film", "-i", "music=music")

    def rival() -> Measured:
        maps = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", *AAC, "-shortest"]
        return bench.rival("-i", film, "-i", track, *maps, bench.folder / "rival.mp4")

    bench.forget()
    mine, other = in_turn([ours, rival], bench.runs)
    yield beside("MUX of 10 minutes, pictures untouched", mine, other, "ffmpeg -c:v copy", 1.5)


def beats(bench: Bench) -> Iterator[Row]:
    """Tempo, beats and energy of four minutes of stereo."""
    track, config = bench.track(240), bench.config("beats", BEATS)

    def ours() -> Measured:
        bench.forget()
        return bench.artcelery("run", config, "--sync", "-i", f"track={track}")

    (mine,) = in_turn([ours], bench.runs)
    yield Row(
        "tempo, beats, energy of a 4-minute stereo track", seconds(mine), "-", seconds(mine), "<= 4 s", mine.wall_s <= 4
    )


def many(bench: Bench) -> Iterator[Row]:
    """Peak memory of a sequence of 200 clips beside one of 10."""
    films = three(bench)[:2]
    peaks = {}
    for count in (10, 200):
        stretches = [(number % 2, 1 + 0.08 * number, 0.5) for number in range(count)]
        config = bench.config(f"many{count}", sequence_of(stretches, 2))
        given = numbered(films)
        bench.forget()
        peaks[count] = bench.artcelery("run", config, "--sync", *given).peak_mb
    ratio = peaks[200] / peaks[10]
    yield Row(
        "peak memory, a sequence of 200 clips",
        f"{peaks[200]:.0f} MB",
        f"{peaks[10]:.0f} MB, 10 clips",
        f"{ratio:.2f} x",
        "<= 1.3 x",
        ratio <= 1.3,
    )


WORKS = {"layers": layers, "cuts": cuts, "crossfade": crossfade, "mux": mux, "beats": beats, "many": many}
