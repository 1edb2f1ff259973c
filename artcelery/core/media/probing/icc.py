"""ICC profiles: pictures in other colour spaces become sRGB, which everything after the reader takes for granted."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

__all__ = ["is_srgb", "to_srgb"]

_STEPS = np.linspace(0, 255, 9, dtype=np.uint8)
_LARGEST_DIFFERENCE = 2
_PROFILE_SPACES = {"RGB ": ("RGB",), "GRAY": ("L",), "CMYK": ("CMYK",), "Lab ": ("LAB",)}


def is_srgb(profile: bytes) -> bool:
    """Whether an RGB profile means what sRGB means, to two steps of 255 (names of profiles are not to be trusted)."""
    opened = _opened(profile)
    if opened.profile.xcolor_space != "RGB ":
        return False
    cube = np.stack(np.meshgrid(_STEPS, _STEPS, _STEPS), axis=-1).reshape(27, 27, 3)
    converted = np.asarray(_converted(Image.fromarray(cube), opened, "RGB"))
    return bool(np.abs(converted.astype(int) - cube).max() <= _LARGEST_DIFFERENCE)


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """An L, RGB, RGBA, CMYK or LAB picture as RGB or RGBA in sRGB; ValueError when the profile is not for it."""
    opened = _opened(profile)
    if image.mode not in (*_PROFILE_SPACES.get(opened.profile.xcolor_space, ()), "RGBA"):
        raise ValueError(
            f"its colour profile is for {opened.profile.xcolor_space.strip()} and the picture is {image.mode}"
        )
    return _converted(image, opened, "RGBA" if image.mode == "RGBA" else "RGB")


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile:
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except OSError as error:
        raise ValueError("its colour profile is damaged") from error


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile, mode: str) -> Image.Image:
    """Relative colorimetric with black point compensation, as browsers do it."""
    try:
        transform = ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            image.mode,
            mode,
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError as error:
        raise ValueError("its colour profile cannot be used") from error
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None
    return converted
