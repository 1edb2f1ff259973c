from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from artcelery import effects
from artcelery.core.effect import Effect, Param
from artcelery.core.effect.source import read_effect
from artcelery.core.errors import ConfigError
from artcelery.core.hashing import hash_bytes

FUNCTION = "\ndef process_frame(frame, params, state):\n    return frame\n"


def read(text: str) -> Effect:
    return read_effect(text.encode(), "e.py")


def tagged(*lines: str, code: str = FUNCTION) -> Effect:
    return read('"""\n@effect e\n' + "\n".join(lines) + '\n"""\n' + code)


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert caught.value.file == "e.py"
    return [f"{problem.line}: {problem.message}" for problem in caught.value.problems]


def test_tags_of_the_docstring_describe_an_effect(file_effect: Callable[[str], Effect]) -> None:
    effect = file_effect("tint.py")
    assert (effect.name, effect.version, effect.author) == ("tint", "1.2.0", "@ada@example.org")
    assert (effect.kind, effect.temporal, effect.alpha) == ("frames", False, "keep")
    assert effect.description == "Leans every colour towards one.\nBlack and white lean too."
    assert effect.content_hash == hash_bytes(effect.source)
    assert effect.params == (
        Param(
            "strength",
            "float",
            0.5,
            0.0,
            1.0,
            description="How far: 0 leaves the picture alone, 1 leaves only the colour.",
        ),
        Param("colour", "color", "#ffa500", description="The colour."),
        Param("mode", "choice", "mix", choices=("mix", "multiply")),
    )


def test_a_meta_object_describes_an_effect_without_being_run(file_effect: Callable[[str], Effect]) -> None:
    effect = file_effect("afterglow.py")
    assert (effect.name, effect.version, effect.temporal, effect.author) == (
        "afterglow",
        "2.0.0",
        True,
        "@ada@example.org",
    )
    assert effect.description == "Bright parts stay for a while."
    assert effect.params[0] == Param(
        "decay", "float", 0.5, 0.0, 0.99, description="How much of the light stays from frame to frame"
    )
    assert effect.params[1] == Param("invert", "bool", False)


def test_process_makes_an_effect_on_files(file_effect: Callable[[str], Effect]) -> None:
    effect = file_effect("append.py")
    assert effect.kind == "file"
    assert effect.params == (Param("times", "int", 1, 1.0, 9.0),)


def test_filters_make_an_effect_that_is_a_filter_chain() -> None:
    effect = tagged("@alpha through", "@temporal true", code="def filters(params, clip):\n    return []\n")
    assert (effect.kind, effect.alpha, effect.temporal) == ("filters", "through", True)


def test_an_identity_defines_nothing() -> None:
    assert tagged("@identity true", code="").kind == "identity"


def test_nothing_of_the_file_is_run() -> None:
    effect = tagged(code="raise SystemExit('this was run')\nimport no_such_module\n" + FUNCTION)
    assert effect.kind == "frames"


def test_a_meta_dict_may_be_plain_literals_and_names_of_them() -> None:
    effect = read(
        'MODES = ("soft", "hard")\nMETA = {"name": "e", "version": "3", "alpha": "through", "params": [\n'
        '  {"name": "mode", "type": "str", "choices": MODES, "default": "soft"},\n'
        '  {"name": "angle", "type": float, "range": (-180, 2 * 90), "default": -1.5},\n'
        '  {"name": "tone", "type": "colour", "default": "red"},\n'
        '  {"name": "since", "type": "time", "default": "1:30"},\n]}\n' + FUNCTION
    )
    assert (effect.version, effect.alpha) == ("3", "through")
    assert [(p.name, p.type, p.default, p.minimum, p.maximum, p.choices) for p in effect.params] == [
        ("mode", "choice", "soft", None, None, ("soft", "hard")),
        ("angle", "float", -1.5, -180, 180, ()),
        ("tone", "color", "#ff0000", None, None, ()),
        ("since", "time", 90.0, None, None, ()),
    ]


def test_meta_counts_and_the_docstring_adds_what_meta_does_not_say() -> None:
    effect = read(
        '"""\n@effect e\n@version 1.0\n@author me\n@description\nFrom the text.\n'
        "@param amount float\n  @range 0 1\n  @default 0.25\n  How much.\n"
        '@param gone float\n  @default 1\n"""\nfrom artdag.effects import EffectMeta, ParamSpec\n'
        'META = EffectMeta(name="e", version="2.0", params=[ParamSpec("amount", float, 0.75)])\n' + FUNCTION
    )
    assert (effect.version, effect.author, effect.description) == ("2.0", "me", "From the text.")
    assert effect.params == (Param("amount", "float", 0.75, 0.0, 1.0, description="How much."),)


def test_the_script_block_may_name_the_effect() -> None:
    effect = read(
        "# /// script\n# dependencies = [\n#   'numpy',\n# ]\n#\n# [tool.artdag]\n# name = 'theirs'\n# author = 'A'\n"
        "# [tool.artcelery]\n# name = 'ours'\n# version = '4'\n# ///\n" + FUNCTION
    )
    assert (effect.name, effect.version, effect.author) == ("ours", "4", "A")


def test_windows_line_ends_and_other_encodings_are_read() -> None:
    text = '# coding: latin-1\n"""\n@effect e\n@author J\xfcrgen\n@param a int\n  @default 2\n"""\n' + FUNCTION
    effect = read_effect(text.replace("\n", "\r\n").encode("latin-1"), "e.py")
    assert effect.author == "Jürgen"
    assert effect.params == (Param("a", "int", 2),)


def test_every_problem_is_reported_at_once_with_its_line() -> None:
    text = (
        '"""\n'
        "@effect my effect\n"
        "@temporal perhaps\n"
        "@alpha sideways\n"
        "@verison 2\n"
        "@param amount flaot\n"
        "@param share float\n"
        "  @range 1 0\n"
        "@param share float\n"
        "@param big int\n"
        "  @range 1 5\n"
        "  @default 7\n"
        "@param mode choice\n"
        "@param on bool\n"
        "  @default maybe\n"
        "@param lonely\n"
        '"""\n'
        "def process_frame(frame):\n    pass\n"
    )
    assert problems(text) == [
        "2: 'my effect' is no name for an effect; use letters, digits, _ and -",
        "3: @temporal must be true or false; it is 'perhaps'",
        "4: @alpha must be keep or through; it is 'sideways'",
        "5: the unknown tag @verison; did you mean 'version'?",
        "6: the parameter amount has the unknown type 'flaot'; did you mean 'float'?",
        "7: the range of share is empty: 1 is above 0",
        "9: the parameter share is declared twice",
        "10: the default of big must be a whole number from 1 to 5; got 7",
        "13: the parameter mode has no choices",
        "14: the default of on must be true or false; got 'maybe'",
        "16: write a parameter as `@param NAME TYPE`",
        "18: write the function as process_frame(frame, params, state) or process_frame(frame, params, state, ctx)",
    ]


def test_every_problem_of_a_meta_object_is_reported_at_once() -> None:
    text = (
        "META = EffectMeta(\n"
        "    name=make_name(),\n"
        "    temporal=1,\n"
        "    verison='1',\n"
        "    params=[\n"
        "        ParamSpec('a', float, defualt=1.0),\n"
        "        ParamSpec('b', float, default=2.0, range=(0, 1)),\n"
        "        ParamSpec('c', complex),\n"
        "        Spec('d'),\n"
        "        ParamSpec('e', str, choices=['x', 1]),\n"
        "    ],\n"
        ")\n" + FUNCTION
    )
    assert problems(text) == [
        "2: `make_name()` is not a literal; META is read without running the file",
        "3: temporal of META must be True or False; it is 1",
        "4: EffectMeta has no 'verison'; did you mean 'version'?",
        "6: ParamSpec has no 'defualt'; did you mean 'default'?",
        "7: the default of b must be a number from 0 to 1; got 2.0",
        "8: `complex` is not a literal; META is read without running the file",
        "9: write it as ParamSpec(...) or as {...}, with nothing computed",
        '10: the choices of e must be a list of texts: ("a", "b")',
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"""@effect e"""\n', "1: the file defines none of process_frame, process, filters, and does not say"),
        ('"""@effect e"""\n' + FUNCTION + "def process(a, b, c, d):\n    pass\n", "5: the file defines process and"),
        ('"""\n@effect e\n@identity true\n"""\n' + FUNCTION, "6: @identity true and process_frame exclude each other"),
        ('"""@effect e"""\nasync ' + FUNCTION.strip(), "2: process_frame must be a plain function, without `async`"),
        ('"""@effect e"""\nMETA = {"name": "f"}\n' + FUNCTION, "2: META calls the effect 'f', but the docstring 'e'"),
        ('"""@effect e"""\nMETA = {}\nMETA = {}\n' + FUNCTION, "3: META is assigned more than once"),
        ('"""\n@effect e\n@effect e\n"""\n' + FUNCTION, "3: the tag @effect is there twice"),
        ('"""\n@effect e\n@range 0 1\n"""\n' + FUNCTION, "3: @range belongs under a @param"),
        ('"""@effect e"""\ndef process_frame(:\n', "2: Python cannot read this"),
        ('"""@effect e"""\nx = "\0"\n', "Python cannot read this"),
        ('"""@effect e"""\nx = ' + "(" * 5000 + ")" * 5000, "Python cannot read this"),
        ("# coding: klingon\n" + FUNCTION, "1: this is no Python source"),
        ("# /// script\n# dependencies = [\n# ///\n'''@effect e'''" + FUNCTION, "the `# /// script` block is not TOML"),
        (
            "# /// script\n# dependencies = 1\n# ///\n'''@effect e'''" + FUNCTION,
            "1: `dependencies` of the script block",
        ),
        ("META = {'name': ' '}\n" + FUNCTION, "1: the name of META is empty"),
        ("META = {'name': 'e', 'params': [{}]}\n" + FUNCTION, "1: a parameter has no name"),
        (FUNCTION, "1: the effect has no name; write `@effect NAME` into the docstring"),
        ("# /// script\n# a = 1\n'''@effect e'''" + FUNCTION, "1: the `# /// script` block has no closing"),
        ("#" * (1 << 20) + "\n", "an effect file has at most 1,048,576 bytes"),
        ("A = B = (A, B)\nMETA = {'name': A}\n" + FUNCTION, "deeply, or stands for itself"),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(text: str, said: str) -> None:
    assert any(said in problem for problem in problems(text))


def test_bytes_that_are_no_text_are_no_effect() -> None:
    with pytest.raises(ConfigError, match="no Python source"):
        read_effect(b"\x89PNG\r\n\xff\xfe", "cat.py")


@pytest.mark.parametrize(
    "hostile",
    [
        "# /// script\n" * 70_000,
        '"""\n@effect ' + " " * 1_000_000 + 'x\n"""\n',
        '"""\n' + "@param a float\n" * 60_000 + '"""\n',
        "\n".join(f"A{i} = (A{i + 1}, A{i + 1})" for i in range(60)) + "\nA60 = 1\nMETA = {'name': A0}\n",
    ],
)
def test_no_text_keeps_the_reader_busy(hostile: str) -> None:
    began = time.thread_time()
    with pytest.raises(ConfigError):
        read(hostile)
    assert time.thread_time() - began < 5


@pytest.fixture
def _hasty_threads() -> Iterator[None]:
    """Threads take turns in the middle of whatever Python does for itself: whenever it collects garbage."""

    def give_way(phase: str, info: dict[str, int]) -> None:
        time.sleep(0)

    thresholds = gc.get_threshold()
    gc.callbacks.append(give_way)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(give_way)


@pytest.mark.usefixtures("_hasty_threads")
def test_threads_read_files_side_by_side() -> None:
    sources = [path.read_bytes() for path in sorted(Path(effects.__file__).parent.glob("[a-z]*.py"))] * 40
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda source: read_effect(source, "x").content_hash, sources))
    assert found == list(map(hash_bytes, sources))


def test_reading_one_file_takes_less_than_three_milliseconds(file_effect: Callable[[str], Effect]) -> None:
    file_effect("afterglow.py")
    took = []
    for _ in range(5):
        began = time.thread_time()
        file_effect("afterglow.py")
        took.append(time.thread_time() - began)
    assert min(took) < 0.003
