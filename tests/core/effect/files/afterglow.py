# /// script
# requires-python = ">=3.10"
# dependencies = [
#   "numpy",
# ]
# ///
"""Bright parts stay for a while."""

import numpy as np
from artdag.effects.meta import EffectMeta, ParamSpec

MOST = 0.99

META = EffectMeta(
    name="afterglow",
    version="2.0.0",
    temporal=True,
    author="@ada@example.org",
    params=[
        ParamSpec(
            name="decay",
            param_type=float,
            default=0.5,
            range=(0.0, MOST),
            description="How much of the light stays from frame to frame",
        ),
        ParamSpec("invert", bool, default=False),
    ],
)


def process_frame(frame: np.ndarray, params: dict, state):
    light = frame.astype(np.float32)
    if state is not None:
        light = np.maximum(light, state * params["decay"])
    frame[:] = light.astype(np.uint8)
    return (255 - frame if params["invert"] else frame), light
