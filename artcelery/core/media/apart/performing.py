"""What the child does with its one file."""

from __future__ import annotations

from pathlib import Path

from artcelery.core.media.apart.messages import Answer, Job
from artcelery.core.media.clip import clip_to_json
from artcelery.core.media.probing.formats import format_of_file
from artcelery.core.media.probing.probe import probe
from artcelery.core.media.probing.regular import call

__all__ = ["perform", "warm_up"]


def warm_up() -> None:
    """Load what every job needs, once; no job may have threads."""
    from PIL import AvifImagePlugin

    import artcelery.core.media.apart.thumbnails
    import artcelery.core.media.apart.waveforms
    import artcelery.core.media.probing.film_probe  # noqa: F401

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def perform(job: Job) -> Answer:
    """The answer to a job; MediaError when the file is not what can be read."""
    path = call(Path(job.path), job.name)
    if job.kind == "probe":
        return Answer({"clip": clip_to_json(probe(path, job.limits)), "format": format_of_file(path)})
    if job.kind == "waveform":
        from artcelery.core.media.apart.waveforms import peaks_of

        return Answer({}, peaks_of(path, job.limits).to_bytes())
    from artcelery.core.media.apart.thumbnails import thumbnail

    return Answer({}, thumbnail(path, job.size, job.limits))
