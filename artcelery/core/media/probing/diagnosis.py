"""Why FFmpeg does not open a file, in its own words.

FFmpeg's log cannot be listened to in a process that decodes: its threads would wait for Python's lock to speak, while
Python holds the lock and waits for them. So the file is opened once more in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys

__all__ = ["last_log_line"]

_TIMEOUT_S = 3.0
_LONGEST = 200


def last_log_line(descriptor: int) -> str | None:
    """The last thing FFmpeg logs when it opens an open file, or None when it says nothing."""
    if not sys.executable:
        return None
    command = [sys.executable, "-P", "-W", "ignore", "-m", "artcelery.core.media.probing.diagnosis", str(descriptor)]
    try:
        run = subprocess.run(
            command, pass_fds=(descriptor,), stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError):
        return None  # the error itself is reported all the same, only without FFmpeg's words
    said = run.stdout.decode("utf-8", "replace").strip()
    return said[:_LONGEST] or None


def _main(descriptor: str) -> None:
    import av
    import av.logging

    from artcelery.core.media.limits import DEMUXERS, LATE_DEMUXERS, SOUND_DECODERS

    os.lseek(int(descriptor), 0, os.SEEK_SET)
    av.logging.set_level(av.logging.ERROR)
    options = {
        "fd": descriptor,
        "protocol_whitelist": "fd",
        "format_whitelist": ",".join((*DEMUXERS, *LATE_DEMUXERS)),
        "codec_whitelist": ",".join(SOUND_DECODERS),
    }
    try:
        with av.logging.Capture() as logs:
            av.open("fd:", container_options=options, timeout=_TIMEOUT_S).close()
    except av.error.FFmpegError as error:
        lines = [message.strip() for _, _, message in logs if message.strip()]
        sys.stdout.buffer.write((lines[-1] if lines else str(error.strerror)).encode("utf-8", "replace"))


if __name__ == "__main__":
    _main(sys.argv[1])
