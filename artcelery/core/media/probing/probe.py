"""What a file is, from as little of it as says so: stills by their header, films and sounds by their first packets.

Documents (captions, JSON) are read whole: they are small, and what is wrong in them is said where it stands.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from artcelery.core.errors import MediaError
from artcelery.core.media.clip import Clip, Picture
from artcelery.core.media.limits import Limits, refuse_large_film
from artcelery.core.media.probing.documents import probe_document
from artcelery.core.media.probing.icc import is_srgb
from artcelery.core.media.probing.regular import named
from artcelery.core.media.probing.still_files import decoding, is_animated, open_still, orientation

__all__ = ["probe"]


def probe(path: Path, limits: Limits | None = None) -> Clip:
    """The clip in the file at `path`; MediaError when it is no media, LimitError when it is too large."""
    limits = limits or Limits()
    with open_still(path, limits) as image:
        if image is not None:
            with decoding(path):
                clip = _still(image, path, limits)
            if clip is not None:
                return clip
    document = probe_document(path, limits)
    if document is not None:
        return document
    from artcelery.core.media.probing.film_probe import probe_film

    return probe_film(path, limits)


def _still(image: Image.Image, path: Path, limits: Limits) -> Clip | None:
    """A picture file as a clip, or None when it moves."""
    several = is_animated(image)
    alpha = bool(image.has_transparency_data)
    if several and (image.format == "WEBP" or (image.format == "AVIF" and alpha)):
        kind = {"WEBP": "WebP", "AVIF": "AVIF with transparency"}[image.format]
        raise MediaError(f"{named(path)} is an animated {kind}, which is not read; convert it to webm, mp4 or gif")
    if several and image.format != "TIFF":
        refuse_large_film(path, *image.size, limits)
        return None
    width, height = image.size if orientation(image) < 5 else image.size[::-1]
    picture = Picture(width, height, "rgba" if alpha else "rgb24", alpha=alpha)
    return Clip("still", picture, frames=1, notes=tuple(_notes(image, several)))


def _notes(image: Image.Image, several: bool) -> list[str]:
    notes = []
    if several:
        notes.append("only the first page of the TIFF is read")
    if _has_16_bits(image):
        notes.append("16 bits a channel are read as 8")
    profile = image.info.get("icc_profile")
    if image.mode == "CMYK":
        notes.append("CMYK is converted to sRGB" + ("" if profile else ", without a profile: colours are approximate"))
    elif profile and not is_srgb(profile):
        notes.append("the ICC profile is converted to sRGB")
    return notes


def _has_16_bits(image: Image.Image) -> bool:
    return any(";16" in str(tile.args) for tile in getattr(image, "tile", ())) or image.mode.startswith("I;16")
