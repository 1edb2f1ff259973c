"""From a YAML text to a `Config`: read, checked as a whole, and every problem reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artcelery.core.config.document import MAX_BYTES, read_document
from artcelery.core.config.findings import Findings
from artcelery.core.config.levels import Level
from artcelery.core.config.maps import read_levels
from artcelery.core.config.mentions import check_references
from artcelery.core.config.model import Config, Effects
from artcelery.core.config.nodes import read_nodes
from artcelery.core.config.params import read_params
from artcelery.core.config.registry import read_profile, read_registry
from artcelery.core.config.section import Section, mapping_at
from artcelery.core.config.values import bind_defaults
from artcelery.core.config.wiring import check_wiring
from artcelery.core.effect import Effect
from artcelery.core.errors import NotFoundError, UsageError

__all__ = ["TOP_KEYS", "load_config"]

_ASKED_FOR = ("input", "name", "description")
TOP_KEYS = ("name", "version", "description", "owner", "author", "registry", "params", "output_profile", "dag")


def load_config(source: Path | bytes | str, *, file: str | None = None, effects: Effects | None = None) -> Config:
    """The config in a file (a `Path`) or in a text; ConfigError holds everything that is wrong with it.

    `file` is what problems call it. Without `effects`, only the built-in ones are known.
    """
    data, file = _text(source, file)
    document = read_document(data)
    findings = Findings(document, file)
    if not document.whole:
        findings.raise_problems()
    if document.value is None and not document.problems:
        findings.problem((), "there is nothing in this config; it needs 'name' and 'dag'")
        findings.raise_problems()
    top = mapping_at(findings, (), document.value, "a config")
    config = _read(findings, top, effects or _BuiltIn()) if top else None
    findings.raise_problems()
    assert config is not None
    return Config(**config, text=data, file=file, warnings=findings.warnings, document=document)


class _BuiltIn:
    """The effects that come with artcelery."""

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        from artcelery.core.effect.library import EffectLibrary

        return EffectLibrary([]).resolve(name, pinned_hash, lambda _: None)


def _text(source: Path | bytes | str, file: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, file or "config"
    if isinstance(source, str):
        return source.encode(errors="surrogatepass"), file or "config"
    if not source.is_file():  # a pipe would be waited for
        raise NotFoundError(f"there is no config file {str(source)!r}")
    try:
        with source.open("rb") as opened:
            return opened.read(MAX_BYTES + 1), file or str(source)
    except OSError as error:
        raise UsageError(f"{str(source)!r} cannot be read: {error.strerror}") from error


def _read(findings: Findings, top: Section, effects: Effects) -> dict[str, Any]:
    top.refuse_unknown(TOP_KEYS)
    if "name" not in top.value:
        top.missing("name")
    words = {key: top.text(key) or "" for key in ("version", "description")}
    owner, author = top.text("owner"), top.text("author")
    declared = top.mapping("params", "'params'")
    params = read_params(findings, declared)
    assets, pins = read_registry(findings, top.mapping("registry", "'registry'"))
    profile = read_profile(findings, top.value.get("output_profile"))
    header = {"name": top.name("name") or "", **words, "owner": owner or author or ""}
    pinned = {"assets": assets, "effects": pins, "profile": profile, "params": params}
    dag = top.mapping("dag", "'dag'")
    if dag is None:
        if "dag" not in top.value:
            top.missing("dag", ": the graph")
        return {}
    dag.refuse_unknown(("nodes", "output"))
    level = read_levels(findings, read_nodes(findings, dag))
    output = check_wiring(findings, level, dag)
    check_references(findings, level, params, declared.value if declared else {})
    _warn_of_unused_pins(findings, level, assets, pins)
    bound = bind_defaults(findings, level, output, params, effects, pins)
    return {**header, **pinned, "nodes": level.nodes, "output": output, "level": level, "bound": bound}


def _warn_of_unused_pins(
    findings: Findings, level: Level, assets: Mapping[str, object], effects: Mapping[str, object]
) -> None:
    nodes = [node for inner in level.walk() for node in inner.nodes] if assets or effects else []
    for kind, pins, key in (("assets", assets, "asset"), ("effects", effects, "effect")):
        said = [str(node.config.get(key, "")) for node in nodes]
        if any("${" in name for name in said):
            continue
        for name in set(pins).difference(said):
            findings.warn(("registry", kind, name), f"the {key} {name!r} is pinned, but no node uses it")
