# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy"]
# ///
"""
@effect tint
@version 1.2.0
@author @ada@example.org
@temporal false

@description
Leans every colour towards one.
Black and white lean too.

@param strength float
  @range 0.0 1.0
  @default 0.5
  How far: 0 leaves the picture alone,
  1 leaves only the colour.

@param colour color
  @default orange
  The colour.

@param mode string
  @choices mix multiply
  @default mix

@example
  (fx tint :strength 0.3)
"""

import numpy as np


def process_frame(frame, params, state):
    colour = np.array([int(params["colour"][i : i + 2], 16) for i in (1, 3, 5)], np.float32)
    strength = params["strength"]
    other = frame * colour / 255 if params["mode"] == "multiply" else colour
    result = frame * (1 - strength) + other * strength
    return result.round().astype(np.uint8), state
