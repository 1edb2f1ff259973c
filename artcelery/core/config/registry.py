"""`registry` and `output_profile`: what is pinned, and how the output is written."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeVar

from artcelery.core.config.findings import Findings, Path
from artcelery.core.config.model import AssetPin, EffectPin, OutputProfile
from artcelery.core.config.section import Section, mapping_at
from artcelery.core.config.suggest import Suggester, choices, shown
from artcelery.core.errors import UsageError
from artcelery.core.hashing import is_hash
from artcelery.core.media.clip import Clip
from artcelery.core.media.profiles import FORMATS, choose_encoding, format_of_suffix

__all__ = ["read_profile", "read_registry"]

Pin = TypeVar("Pin", AssetPin, EffectPin)


def read_registry(findings: Findings, section: Section | None) -> tuple[dict[str, AssetPin], dict[str, EffectPin]]:
    """The pins of assets and of effects."""
    if section is None:
        return {}, {}
    section.refuse_unknown(("assets", "effects"))
    assets = _pins(section.mapping("assets", "'assets' of the registry"), AssetPin, "asset")
    effects = _pins(section.mapping("effects", "'effects' of the registry"), EffectPin, "effect")
    return assets, effects


def _pins(section: Section | None, kind: type[Pin], what: str) -> dict[str, Pin]:
    if section is None:
        return {}
    pins: dict[str, Pin] = {}
    path: Path = section.path
    for name, value in section.value.items():
        entry = mapping_at(section.findings, (*path, name), value, f"the {what} {shown(name)} of the registry")
        if entry is not None:
            pins[name] = _pin(entry, kind, what)
    return pins


def _pin(entry: Section, kind: type[Pin], what: str) -> Pin:
    entry.refuse_unknown(("hash", "path", "url"))
    pinned, path, url = (entry.text(key) for key in ("hash", "path", "url"))
    if pinned is not None and not is_hash(pinned):
        why = f"{shown(pinned)} is no content hash (64 digits 0-9 and a-f)"
        entry.problem("hash", f"{why}; give one, or leave 'hash' out")
        pinned = None
    for key, said in (("path", path), ("url", url)):
        # Without a hash nothing says that what was found is what stands there.
        if said is not None and "hash" not in entry.value and (what, key) != ("asset", "path"):
            entry.problem(key, f"{key!r} only says where {what} files came from; pin it with a 'hash' too")
    return kind(pinned, path, url)


def read_profile(findings: Findings, value: Any) -> OutputProfile:
    """How the output is to be written: a format, or a mapping of format, quality and codec."""
    path = ("output_profile",)
    if isinstance(value, str):
        return OutputProfile(_format(findings, path, value))
    section = mapping_at(findings, path, value, "the output profile")
    if section is None:
        return OutputProfile()
    section.refuse_unknown(("format", "quality", "codec"))
    said, codec = section.text("format"), section.text("codec")
    format = None if said is None else _format(findings, (*path, "format"), said)
    quality: object = section.given("quality")
    if quality is not None and (isinstance(quality, bool) or not isinstance(quality, int)):
        section.problem("quality", f"'quality' must be a whole number; it is {shown(quality)}")
        quality = None
    _check_choice(section, format, quality, codec)
    return OutputProfile(format, quality, codec)


def _format(findings: Findings, path: tuple[str, ...], said: str) -> str | None:
    with suppress(UsageError):
        if said.isalnum():
            return format_of_suffix(f"output.{said}")
    hint = Suggester(FORMATS).hint(said) or f"; there are {choices(FORMATS)}"
    findings.problem(path, f"there is no format {shown(said)}{hint}")
    return None


def _check_choice(section: Section, format: str | None, quality: int | None, codec: str | None) -> None:
    """Quality and codec against the format, where that is known already."""
    if format is None:
        if codec is not None and "format" not in section.value:
            section.problem("codec", "'codec' needs a 'format' beside it")
        return
    clip = Clip(FORMATS[format].kind)
    for key, chosen in (("codec", (None, codec)), ("quality", (quality, None))):
        try:
            choose_encoding(clip, format, *chosen)
        except UsageError as error:
            section.problem(key, error.message)
