from __future__ import annotations

import pickle
from typing import Any

import pytest

from artcelery.core.effect import Effect, Param
from artcelery.core.effect.binding import ParamProblems, bind, find_param, parse_text
from artcelery.core.hashing import canonical

AMOUNT = Param("amount", "float", 0.5, 0, 1)
SIDES = Param("sides", "int", 6, 2)
ON = Param("on", "bool", True)
MODE = Param("mode", "choice", "soft", choices=("soft", "hard"))
TONE = Param("tone", "color", "#000000")
SINCE = Param("since", "time", 0.0, maximum=60)
TITLE = Param("title", "str", "")
NEEDED = Param("needed", "int")


def effect(*params: Param) -> Effect:
    return Effect("e", "0" * 64, "frames", b"", params=params)


def refused(param: Param, value: object) -> str:
    with pytest.raises(ParamProblems) as caught:
        bind(effect(param), {param.name: value})
    ((name, message),) = caught.value.problems
    assert name == param.name
    return message


def test_parameters_are_made_complete_in_the_order_of_the_effect() -> None:
    bound = bind(effect(AMOUNT, SIDES, ON, MODE, TONE, SINCE, TITLE), {"mode": "hard", "amount": 1})
    assert list(bound.items()) == [
        ("amount", 1.0),
        ("sides", 6),
        ("on", True),
        ("mode", "hard"),
        ("tone", "#000000"),
        ("since", 0.0),
        ("title", ""),
    ]
    assert type(bound["amount"]) is float


@pytest.mark.parametrize(
    ("param", "value", "normal"),
    [
        (AMOUNT, 0, 0.0),
        (SIDES, 2**53 - 1, 2**53 - 1),
        (ON, False, False),
        (TONE, "Orange", "#ffa500"),
        (TONE, "#ABC", "#aabbcc"),
        (SINCE, "00:00:30.5", 30.5),
        (SINCE, 2, 2.0),
        (TITLE, "über", "über"),
    ],
)
def test_a_value_has_one_normal_form_that_a_key_can_hold(param: Param, value: object, normal: object) -> None:
    bound = bind(effect(param), {param.name: value})
    assert bound == {param.name: normal}
    assert canonical(bound)


@pytest.mark.parametrize(
    ("param", "value", "message"),
    [
        (AMOUNT, 1.5, "amount must be a number from 0 to 1; got 1.5"),
        (AMOUNT, True, "amount must be a number from 0 to 1; got true"),
        (AMOUNT, "0.5", "amount must be a number from 0 to 1; got '0.5'"),
        (AMOUNT, float("nan"), "amount must be a number from 0 to 1; got nan"),
        (AMOUNT, None, "amount must be a number from 0 to 1; got nothing"),
        (AMOUNT, 10**400, "amount must be a number from 0 to 1; got a far larger one"),
        (SIDES, 3.0, "sides must be a whole number of at least 2; got 3.0"),
        (SIDES, True, "sides must be a whole number of at least 2; got true"),
        (SIDES, 1, "sides must be a whole number of at least 2; got 1"),
        (SIDES, 2**53, f"sides must be a whole number of at most {2**53 - 1} either way; got a far larger one"),
        (ON, 1, "on must be true or false; got 1"),
        (MODE, "sotf", "mode must be one of soft, hard; got 'sotf'; did you mean 'soft'?"),
        (MODE, 3, "mode must be one of soft, hard; got 3"),
        (TONE, "blurple", 'tone must be a colour ("#ff8800", or a name such as "orange"); got \'blurple\''),
        (SINCE, "noon", 'since must be a time (2.5, "2.5s" or "00:01:30") of at most 60; got \'noon\''),
        (SINCE, "9" * 400, None),
        (SINCE, float("nan"), None),
        (TITLE, 3, "title must be a text; got 3"),
        (TITLE, "\udcff", "title must be a text in UTF-8; got '\\udcff'"),
    ],
)
def test_a_wrong_value_is_told_what_is_allowed(param: Param, value: object, message: str | None) -> None:
    said = refused(param, value)
    assert said == message if message else said.startswith(f"{param.name} must be ")
    assert len(said) < 200


def test_all_problems_come_at_once_and_survive_pickling() -> None:
    with pytest.raises(ParamProblems) as caught:
        bind(effect(AMOUNT, SIDES, NEEDED), {"amuont": 1, "sides": "six", "zzz": 0})
    expected = (
        ("amuont", "no parameter 'amuont'; did you mean 'amount'? It has amount, sides, needed"),
        ("zzz", "no parameter 'zzz'; it has amount, sides, needed"),
        ("sides", "sides must be a whole number of at least 2; got 'six'"),
        ("needed", "needed must be given; it has no default"),
    )
    assert caught.value.problems == expected
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.problems, str(copy)) == (expected, str(caught.value))
    assert str(copy).startswith("effect e: no parameter 'amuont'")


def test_an_effect_without_parameters_takes_none() -> None:
    assert bind(effect(), {}) == {}
    with pytest.raises(ParamProblems, match="no parameter 'a'; e has none"):
        bind(effect(), {"a": 1})


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        (AMOUNT, " 0.25 ", 0.25),
        (AMOUNT, "1", 1.0),
        (SIDES, "12", 12),
        (ON, "no", False),
        (ON, "True", True),
        (MODE, "hard", "hard"),
        (TONE, "red", "#ff0000"),
        (SINCE, "0:05", 5.0),
        (TITLE, " as it is ", " as it is "),
    ],
)
def test_text_of_the_command_line_becomes_a_value(param: Param, text: str, value: Any) -> None:
    parsed = parse_text(param, text)
    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize(
    ("param", "text"), [(AMOUNT, "lots"), (AMOUNT, "2"), (AMOUNT, "inf"), (SIDES, "2.5"), (ON, "perhaps"), (MODE, "")]
)
def test_text_that_means_no_value_is_told_what_is_allowed(param: Param, text: str) -> None:
    with pytest.raises(ParamProblems, match=f"^{param.name} must be "):
        parse_text(param, text)


def test_a_parameter_is_found_by_its_name() -> None:
    assert find_param(effect(AMOUNT), "amount") is AMOUNT
    with pytest.raises(ParamProblems, match="did you mean 'amount'"):
        find_param(effect(AMOUNT), "amounts")
