from __future__ import annotations

import pickle
import sys
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from artcelery.core.effect import Clip, Effect, FileContext, Filter, FrameContext
from artcelery.core.effect.binding import bind
from artcelery.core.effect.loading import load
from artcelery.core.effect.source import read_effect
from artcelery.core.errors import EffectError
from artcelery.core.media.clip import Picture

FILM = Clip("film", Picture(8, 6, "yuv420p", rate=Fraction(25)), duration=Fraction(4), frames=100)


def effect(code: str, name: str = "e") -> Effect:
    return read_effect(f'"""@effect {name}"""\n{code}'.encode(), f"{name}.py")


def frames_of(code: str) -> Effect:
    return effect("import numpy as np\ndef process_frame(frame, params, state):\n" + code)


def at(index: int) -> FrameContext:
    return FrameContext(index, index / 25, 25.0, 4.0)


def picture(value: int = 100) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.full((6, 8, 3), value, np.uint8)


def test_a_frame_goes_through_an_effect_with_its_parameters(file_effect: Callable[[str], Effect]) -> None:
    tint = file_effect("tint.py")
    function = load(tint).start(bind(tint, {"colour": "#0000ff", "strength": 1}), FILM)
    assert (function(picture(), at(0)) == [0, 0, 255]).all()


def test_state_is_carried_from_frame_to_frame_and_starts_anew(file_effect: Callable[[str], Effect]) -> None:
    afterglow = load(file_effect("afterglow.py"))
    function = afterglow.start({"decay": 0.5, "invert": False}, FILM)
    seen = [int(function(picture(value), at(n))[0, 0, 0]) for n, value in enumerate([200, 0, 0, 60])]
    assert seen == [200, 100, 50, 60]
    assert afterglow.start({"decay": 0.5, "invert": False}, FILM)(picture(0), at(0))[0, 0, 0] == 0


def test_a_function_of_four_is_told_the_time() -> None:
    moving = effect(
        "def process_frame(frame, params, state, ctx):\n"
        "    frame[:] = int(ctx.index + ctx.time_s * 1000 + ctx.rate + ctx.duration_s)\n    return frame\n"
    )
    assert load(moving).start({}, FILM)(picture(), at(3))[0, 0, 0] == 3 + 120 + 25 + 4


def test_a_frame_is_never_changed_under_its_owner() -> None:
    function = load(frames_of("    frame[:] = 0\n    return frame\n")).start({}, FILM)
    frame = picture(7)
    frame.flags.writeable = False
    assert function(frame, at(0)).max() == 0
    assert (frame == 7).all()


def test_parameters_are_never_changed_for_the_next_frame() -> None:
    function = load(frames_of("    frame[:] = params.pop('value')\n    return frame\n")).start({"value": 9}, FILM)
    assert [function(picture(), at(n))[0, 0, 0] for n in range(2)] == [9, 9]


def test_what_comes_back_is_contiguous() -> None:
    function = load(frames_of("    return frame[:, ::-1]\n")).start({}, FILM)
    frame = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
    made = function(frame, at(0))
    assert made.flags.c_contiguous
    assert (made == frame[:, ::-1]).all()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "    return frame / 2\n",
            "an array of float64 of shape (6, 8, 3) at frame 5; process_frame must return a uint8",
        ),
        ("    return frame / 2\n", "end with `.clip(0, 255).astype(np.uint8)`"),
        ("    return frame[:, :, 0]\n", "an array of uint8 of shape (6, 8) at frame 5"),
        ("    return frame[:3], state\n", "an array of uint8 of shape (3, 8, 3)"),
        ("    frame[:] = 0\n", "nothing (None) at frame 5; process_frame must return a uint8 array of shape (6, 8, 3)"),
        ("    return [1]\n", "a list at frame 5"),
        ("    return frame, state, 1\n", "a tuple of 3 at frame 5"),
    ],
)
def test_something_that_is_no_picture_is_refused_and_named(code: str, said: str) -> None:
    with pytest.raises(EffectError, match="the effect e returned") as caught:
        load(frames_of(code)).start({}, FILM)(picture(), at(5))
    assert said in caught.value.message
    assert "(e.py)" in caught.value.message


def test_an_exception_names_effect_frame_and_line_and_keeps_its_cause() -> None:
    code = "    return dark(frame)\ndef dark(frame):\n    return np.zeros(3)[9]\n"
    with pytest.raises(EffectError) as caught:
        load(frames_of(code)).start({}, FILM)(picture(), at(12))
    assert caught.value.message == (
        "the effect e failed at frame 12: IndexError: index 9 is out of bounds for axis 0 with size 3 (e.py:6)"
    )
    assert isinstance(caught.value.__cause__, IndexError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == caught.value.message


def test_an_effect_that_exits_fails_like_any_other() -> None:
    with pytest.raises(EffectError, match=r"failed at frame 0: SystemExit: 3 \(e.py:4\)"):
        load(frames_of("    raise SystemExit(3)\n")).start({}, FILM)(picture(), at(0))


def test_filters_are_made_of_parameters_and_clip() -> None:
    code = (
        "from artcelery.core.effect import Filter\ndef filters(params, clip):\n"
        "    return [Filter('hue', h=params.pop('h')), Filter('fps', fps=str(clip.picture.rate))]\n"
    )
    params = {"h": 30.0}
    assert load(effect(code)).filters(params, FILM) == [Filter("hue", h=30.0), Filter("fps", fps="25")]
    assert params == {"h": 30.0}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 'hue=30'", r"returned a str; filters must return a list of Filter \(e.py\)"),
        ("return ['hue']", "returned a list of str"),
        ("return None", "returned a NoneType"),
        ("return 1 / 0", r"failed: ZeroDivisionError: .* \(e.py:3\)"),
    ],
)
def test_something_that_is_no_filter_chain_is_refused(body: str, said: str) -> None:
    with pytest.raises(EffectError, match=said):
        load(effect(f"def filters(params, clip):\n    {body}\n")).filters({}, FILM)


def test_whole_files_are_processed(file_effect: Callable[[str], Effect], tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "work").mkdir()
    output = tmp_path / "out"
    made = load(file_effect("append.py")).process(
        [tmp_path / "a", tmp_path / "b"], output, {"times": 2}, FileContext(tmp_path / "work")
    )
    assert (made, made.read_bytes()) == (output, b"abab")


@pytest.mark.parametrize(
    "body",
    [
        "return inputs[0]",
        "return str(inputs[0])",
        "output.symlink_to(inputs[0])",
        "(ctx.work_dir / 'x').write_bytes(inputs[0].read_bytes()); return ctx.work_dir / 'x'",
        "output.write_bytes(inputs[0].read_bytes()); return True",
    ],
)
def test_what_comes_out_is_a_file_of_its_own(body: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"whole")
    (tmp_path / "work").mkdir()
    loaded = load(effect(f"def process(inputs, output, params, ctx):\n    {body}\n"))
    made = loaded.process([tmp_path / "in"], tmp_path / "out", {}, FileContext(tmp_path / "work"))
    assert made == tmp_path / "out"
    assert not made.is_symlink()
    made.write_bytes(b"changed")
    assert (tmp_path / "in").read_bytes() == b"whole"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", "wrote no file"),
        ("output.touch()", "wrote an empty file"),
        ("output.mkdir()", "wrote no file"),
        ("return ctx.work_dir / 'gone'", "cannot be read: .*No such file"),
        ("inputs[7]", r"failed: IndexError: list index out of range \(e.py:3\)"),
    ],
)
def test_no_file_is_an_error(body: str, said: str, tmp_path: Path) -> None:
    loaded = load(effect(f"def process(inputs, output, params, ctx):\n    {body}\n"))
    with pytest.raises(EffectError, match=said):
        loaded.process([], tmp_path / "out", {}, FileContext(tmp_path))


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    missing = read_effect(
        b"# /// script\n# dependencies = ['numpy', 'no-such-thing-here>=2']\n# ///\n"
        b"'''@effect e'''\nimport numpy\nimport no_such_thing\ndef filters(params, clip): pass\n",
        "e.py",
    )
    with pytest.raises(EffectError) as caught:
        load(missing)
    assert caught.value.message == (
        "the effect e needs the package no_such_thing, which is not installed (e.py:6); "
        f"install it with: {sys.executable} -m pip install 'no-such-thing-here>=2'"
    )


def test_a_package_missing_only_while_it_runs_is_named_too() -> None:
    with pytest.raises(EffectError, match=r"needs the package no_such_thing.*\(e.py:4\).* pip install no_such_thing$"):
        load(frames_of("    import no_such_thing\n")).start({}, FILM)(picture(), at(0))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 1 / 0\n", r"the effect e cannot be loaded: ZeroDivisionError: division by zero \(e.py:2\)"),
        ("from artcelery.core.effect import Flter\n", r"ImportError: cannot import name 'Flter' .* \(e.py:2\)"),
        ("import json.nothing\n", r"ModuleNotFoundError: No module named 'json.nothing'.* \(e.py:2\)"),
        ("raise SystemExit\n", r"SystemExit.* \(e.py:2\)"),
        ("return\n", r"SyntaxError: 'return' outside function.* \(e.py:2\)"),
    ],
)
def test_a_file_that_fails_while_it_is_loaded_is_told_by_its_own_line(code: str, said: str) -> None:
    broken = effect(code + "def filters(params, clip): pass\n")
    for _ in range(2):
        with pytest.raises(EffectError, match=said):
            load(broken)
    assert f"artcelery_effect_{broken.content_hash[:12]}" not in sys.modules


def test_a_function_that_is_gone_once_the_file_has_run_is_missed() -> None:
    with pytest.raises(EffectError, match="has no function filters"):
        load(effect("def filters(params, clip): pass\ndel filters\n")).filters({}, FILM)


def test_a_python_that_is_too_old_is_named() -> None:
    source = b"# /// script\n# requires-python = '>=3.10,<3.11.0'\n# ///\n'''@effect e'''\ndef filters(p, c): pass\n"
    with pytest.raises(EffectError, match=r"needs Python >=3.10,<3.11.0; this is 3\."):
        load(read_effect(source, "e.py"))


def test_one_content_is_run_once_and_by_one_thread(tmp_path: Path) -> None:
    counted = effect(
        f"import time\nwith open({str(tmp_path / 'runs')!r}, 'a') as file:\n    file.write('x')\n"
        "time.sleep(0.05)\ndef filters(params, clip): return []\n"
    )
    threads = [threading.Thread(target=load, args=(counted,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load(counted).module is load(counted).module
    assert (tmp_path / "runs").read_text() == "x"


def test_dataclasses_and_pickles_work_inside_an_effect() -> None:
    code = (
        "from __future__ import annotations\nimport pickle\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Point:\n    x: int\n"
        "def process_frame(frame, params, state):\n"
        "    frame[:] = pickle.loads(pickle.dumps(Point(11))).x\n    return frame\n"
    )
    assert load(effect(code)).start({}, FILM)(picture(), at(0)).min() == 11


def test_the_line_is_known_also_when_the_file_has_moved_since_it_was_run() -> None:
    source = b"'''@effect e'''\ndef filters(params, clip):\n    raise ValueError('moved')\n"
    load(read_effect(source, "old.py"))
    with pytest.raises(EffectError, match=r"ValueError: moved \(new.py:3\)"):
        load(read_effect(source, "new.py")).filters({}, FILM)
