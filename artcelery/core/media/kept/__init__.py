"""What is kept between passes: a file that holds exactly what flows, and says exactly what that was.

NUT holds any codec at any time base. What it cannot say stands in its tags: the clip as it turned out, the format of
the frames, the layout of the sound. So what is read again differs in nothing from what was written, and no reader has
to guess. A film of variable rate ends with a picture too many, whose time says how long the last one is shown.
"""

from artcelery.core.media.kept.reading import open_kept
from artcelery.core.media.kept.writing import write_kept

__all__ = ["open_kept", "write_kept"]
