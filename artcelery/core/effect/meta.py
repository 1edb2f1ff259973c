"""The `META` object of an effect file, read from its literals: nothing of the file is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from artcelery.core.effect.declaration import Declaration, ParamDraft, did_you_mean
from artcelery.core.effect.literals import Literals, NotLiteral
from artcelery.core.errors import Problem

__all__ = ["read_meta"]

_TEXTS = ("name", "version", "description", "author", "alpha")
# artdag's other fields say nothing that this reader needs.
_OTHERS = ("examples", "dependencies", "requires_python", "api_type")
_FIELDS = (*_TEXTS, "temporal", "params", *_OTHERS)
_PARAM_FIELDS = ("name", "param_type", "default", "range", "description", "choices")


def read_meta(module: ast.Module, problems: list[Problem]) -> Declaration | None:
    """What `META = EffectMeta(...)` or `META = {...}` says; None when the file has no META."""
    found = [(node, value) for node, name, value in _assignments(module) if name == "META"]
    if not found:
        return None
    if len(found) > 1:
        problems.append(Problem("META is assigned more than once", found[1][0].lineno))
    constants = {name: value for _, name, value in _assignments(module)}
    return _Reader(Literals(constants), problems).read(found[0][1])


def _assignments(module: ast.Module) -> Iterator[tuple[ast.stmt, str, ast.expr]]:
    for node in module.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and value is not None:
                yield node, target.id, value


class _Reader:
    def __init__(self, literals: Literals, problems: list[Problem]) -> None:
        self.literals = literals
        self.problems = problems

    def read(self, node: ast.expr) -> Declaration:
        declaration = Declaration(node.lineno)
        # The orders of artdag's fields and ours differ after these two.
        fields = self._fields(node, "EffectMeta", ("name", "version"), _FIELDS)
        for name in _TEXTS:
            setattr(declaration, name, self._text(fields, name, "META"))
        if "name" in fields and not declaration.name:
            declaration.name = ""  # said, but wrong
        if declaration.alpha not in (None, "keep", "through"):
            self._problem(fields["alpha"], f"alpha must be 'keep' or 'through'; it is {declaration.alpha!r}")
        declaration.temporal = self._value(fields, "temporal", bool, "True or False", "META")
        if "params" in fields:
            drafts = [self._param(item) for item in self._items(fields["params"])]
            declaration.params = [draft for draft in drafts if draft is not None]
        return declaration

    def _param(self, node: ast.expr) -> ParamDraft | None:
        found = len(self.problems)
        fields = self._fields(node, "ParamSpec", _PARAM_FIELDS, _PARAM_FIELDS)
        name = self._text(fields, "name", "a parameter")
        if name is None:
            if len(self.problems) == found:
                self._problem(node, "a parameter has no name")
            return None
        draft = ParamDraft(name, node.lineno)
        draft.type = self._type(fields, name)
        draft.description = self._text(fields, "description", name)
        draft.default = self._evaluated(fields.get("default"))
        draft.range = self._range(fields, name)
        draft.choices = self._choices(fields, name)
        return draft

    def _fields(self, node: ast.expr, call: str, order: tuple[str, ...], known: tuple[str, ...]) -> dict[str, ast.expr]:
        """The fields of `call(...)`, `dict(...)` or `{...}`, not yet evaluated."""
        node = self.literals.resolve(node)
        if isinstance(node, ast.Call) and _name(node.func) in (call, "dict"):
            fields = self._arguments(node, call, order)
        elif isinstance(node, ast.Dict):
            fields = self._entries(node)
        else:
            self._problem(node, f"write it as {call}(...) or as {{...}}, with nothing computed")
            return {}
        for name in [name for name in fields if name not in known]:
            self._problem(fields.pop(name), f"{call} has no {name!r};{did_you_mean(name, known)}".rstrip(";"))
        return fields

    def _arguments(self, node: ast.Call, call: str, order: tuple[str, ...]) -> dict[str, ast.expr]:
        if len(node.args) > len(order):
            self._problem(node.args[len(order)], f"write what follows in {call}(...) with its name: `name=value`")
        fields = dict(zip(order, node.args, strict=False))
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in fields:
                self._problem(keyword.value, f"write each field of {call} once, as `name=value`")
            else:
                fields[keyword.arg] = keyword.value
        return fields

    def _entries(self, node: ast.Dict) -> dict[str, ast.expr]:
        fields: dict[str, ast.expr] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                fields["param_type" if key.value == "type" else key.value] = value
            else:
                self._problem(value, 'write each key as a text: {"name": ...}')
        return fields

    def _items(self, node: ast.expr) -> list[ast.expr]:
        node = self.literals.resolve(node)
        if isinstance(node, (ast.List, ast.Tuple)):
            return node.elts
        self._problem(node, "params must be a list of ParamSpec(...)")
        return []

    def _text(self, fields: dict[str, ast.expr], name: str, label: str) -> str | None:
        value: str | None = self._value(fields, name, str, "a text in quotes", label)
        if value is not None and name == "name" and not value.strip():
            self._problem(fields[name], f"the name of {label} is empty")
        return value.strip() or None if value else None

    def _value(self, fields: dict[str, ast.expr], name: str, kind: type, words: str, label: str) -> Any:
        value = self._evaluated(fields.get(name))
        if value is None or isinstance(value, kind):
            return value
        self._problem(fields[name], f"{name} of {label} must be {words}; it is {value!r}")
        return None

    def _type(self, fields: dict[str, ast.expr], label: str) -> str | None:
        value = self._evaluated(fields.get("param_type"))
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, type):
            return value.__name__
        self._problem(fields["param_type"], f"the type of {label} must be float, int, bool, str or its name")
        return None

    def _range(self, fields: dict[str, ast.expr], label: str) -> tuple[float | None, float | None] | None:
        value = self._evaluated(fields.get("range"))
        if value is None:
            return None
        if isinstance(value, (tuple, list)) and len(value) == 2 and all(map(_is_bound, value)):
            return value[0], value[1]
        self._problem(fields["range"], f"the range of {label} must be two numbers: (0, 1)")
        return None

    def _choices(self, fields: dict[str, ast.expr], label: str) -> tuple[str, ...] | None:
        value = self._evaluated(fields.get("choices"))
        if value is None:
            return None
        if isinstance(value, (tuple, list)) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self._problem(fields["choices"], f'the choices of {label} must be a list of texts: ("a", "b")')
        return None

    def _evaluated(self, node: ast.expr | None) -> Any:
        if node is None:
            return None
        try:
            return self.literals.evaluate(node)
        except NotLiteral as error:
            self._problem(error.node, str(error))
        except RecursionError:
            self._problem(node, "this is nested too deeply, or stands for itself")
        return None

    def _problem(self, node: ast.expr, message: str) -> None:
        self.problems.append(Problem(message, node.lineno, node.col_offset + 1))


def _is_bound(value: object) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
