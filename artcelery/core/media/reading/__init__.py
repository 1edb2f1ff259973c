"""Reading films and sounds: decoded frames from time 0, cut by seeking, with picture and sound in step.

Picture and sound are read through two openings of the file, so that neither can block the other however the file is
interleaved. Time 0 is the first picture of a film, or the first sample of a sound.
"""
