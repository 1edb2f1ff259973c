"""GENERATE: pictures and sounds from nothing, text, and captions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.core.media.letters.markup import plain_lines, unshaped
from artcelery.core.media.limits import Limits
from artcelery.core.ops.generate_config import KEYS, LAID_OVER, LAYOUTS, GenerateConfig
from artcelery.core.ops.generate_text import ANCHORS
from artcelery.core.ops.op import InferError, StreamOp, op
from artcelery.core.values import resolve_size

if TYPE_CHECKING:
    from artcelery.core.media.generating import Runs
    from artcelery.core.media.letters.captioning import Spot
    from artcelery.core.media.letters.lettering import Look
    from artcelery.core.media.stream import Streams

__all__ = ["Generate", "GenerateConfig"]

_SIZE, _FPS = (1920, 1080), Fraction(30)
_TONE_BITS, _SILENCE_BITS = 24, 16


@op("GENERATE", version=1, inputs=(0, 2), config=GenerateConfig)
class Generate(StreamOp[GenerateConfig]):
    """What `kind` says: a picture (with `duration` a film), a sound, a text or captions on clear ground.

    Captions take a SubRip or WebVTT document. Text and captions may take, as their last input, the film that they are
    laid over with LAYER: with it they have its size, rate and length.
    """

    def infer(self, *clips: Clip) -> Clip:
        """A still, a film or a sound; InferError when inputs do not go with the kind."""
        config = self.config
        if config.kind == "captions":
            return self._captions_clip(clips)
        if config.kind == "text":
            return self._text_clip(clips)
        if clips:
            raise InferError(
                f"the kind {config.kind} is made from nothing; only text and captions take inputs", "inputs"
            )
        if "sample_rate" in KEYS[config.kind]:
            return self._sound_clip()
        duration = None if config.duration is None else _exact(config.duration)
        return self._picture_clip((config.width or 0, config.height or 0), _rate(config.fps) or _FPS, duration)

    def streams(self, clip: Clip, *inputs: Streams) -> Streams:
        """Frames and samples that are made when they are asked for."""
        from artcelery.core.media.stream import Audio, Streams, Video

        if clip.sound is not None:
            from artcelery.core.media.sound.tones import Tone

            duration = clip.duration or Fraction(0)
            frequency, amplitude = _exact(self.config.frequency or 0), self.config.amplitude or 0.0
            tone = Tone(clip.sound, frequency, amplitude, round(duration * clip.sound.rate))
            return Streams(clip, audio=Audio(clip.sound, duration, tone))
        from artcelery.core.media.generating import Drawn

        assert clip.picture is not None
        return Streams(clip, Video(clip, Drawn(clip.picture, self._runs(clip, inputs), clip.frames)))

    def _sound_clip(self) -> Clip:
        config = self.config
        assert config.sample_rate is not None
        assert config.layout is not None
        bits = _TONE_BITS if config.kind == "tone" else _SILENCE_BITS
        sound = Sound(config.sample_rate, config.layout, LAYOUTS[config.layout], bits)
        samples = max(1, round(_exact(config.duration or 0) * sound.rate))
        return Clip("sound", sound=sound, duration=Fraction(samples, sound.rate))

    def _picture_clip(self, size: tuple[int, int], rate: Fraction, duration: Fraction | None) -> Clip:
        alpha = self.config.kind in LAID_OVER
        limits = Limits()
        most = limits.max_pixels if duration is None else limits.max_film_pixels
        if size[0] * size[1] > most:
            raise InferError(f"a picture of {size[0]}x{size[1]} is too large; it may have {most:,} pixels", "width")
        picture = Picture(*size, "rgba" if alpha else "rgb24", rate=None if duration is None else rate, alpha=alpha)
        if duration is None:
            return Clip("still", picture, frames=1)
        frames = max(1, round(duration * rate))
        return Clip("film", picture, duration=frames / rate, frames=frames)

    def _text_clip(self, clips: Sequence[Clip]) -> Clip:
        config, film = self.config, clips[0] if clips else None
        if len(clips) > 1:
            raise InferError("a text takes one input at most: the film that it is laid over", "inputs")
        if film is not None and film.picture is None:
            raise InferError("the input of a text is the film that it is laid over; it has no picture", "inputs")
        if script := unshaped(config.text or ""):
            raise InferError(
                f"text with {script} letters cannot be set: they would not join or run as they must", "text"
            )
        duration = film.duration if film else None
        if config.duration is not None:
            duration = _exact(config.duration)
        if duration is None and (field := "fade" if config.fade else "fps" if config.fps else None):
            raise InferError(
                f"a text without `duration` is a still and has no `{field}`; give it one, or as input the film that it"
                " is laid over",
                field,
            )
        if duration is not None and config.fade and sum(map(_exact, config.fade)) > duration:
            raise InferError(f"the fades take longer than the {float(duration):.6g} s of the text", "fade")
        return self._picture_clip(*self._like(film), duration)

    def _like(self, film: Clip | None) -> tuple[tuple[int, int], Fraction]:
        """Size and rate: what the config says, else those of the film, else the usual ones."""
        config, picture = self.config, film.picture.squared() if film and film.picture else None
        size = picture.size if picture else _SIZE
        rate = _rate(config.fps) or (picture.rate if picture and picture.rate else _FPS)
        return (config.width or size[0], config.height or size[1]), rate

    def heard(self, count: int) -> Iterable[int]:
        """None: what is laid over a film is silent."""
        return ()

    def _captions_clip(self, clips: Sequence[Clip]) -> Clip:
        config = self.config
        document, film = clips[0] if clips else None, clips[1] if len(clips) > 1 else None
        if document is None or document.kind != "data" or document.duration is None:
            given = f"; the first input is a {document.kind}" if document and document.kind != "data" else ""
            raise InferError(f"captions need a SubRip (.srt) or WebVTT (.vtt) document as first input{given}", "inputs")
        if film is not None and (film.picture is None or film.duration is None):
            raise InferError(
                "the second input of captions is the film that they belong to; it has no moving picture", "inputs"
            )
        size, rate = self._like(film)
        duration = film.duration if film and film.duration else document.duration
        if config.duration is not None:
            duration = _exact(config.duration)
        if duration == 0:
            raise InferError("there are no captions in the document; give a `duration`, or the film as second input")
        return self._picture_clip(size, rate, duration).noting(*document.notes)

    def _runs(self, clip: Clip, inputs: Sequence[Streams]) -> Runs:
        """What draws the pictures of this kind."""
        from artcelery.core.media import generating

        config, picture = self.config, clip.picture
        assert picture is not None
        if config.kind == "color":
            return generating.plain(picture.size, config.color or "")
        if config.kind == "gradient":
            return generating.gradient(picture.size, config.colors or (), config.direction or 0.0)
        if config.kind == "noise":
            return generating.noise(picture.size, config.seed or 0, bool(config.grey))
        if config.kind == "testsrc":
            from artcelery.core.media.testcard import test_card

            return test_card(picture.size, picture.rate)
        return self._text_runs(clip) if config.kind == "text" else self._caption_runs(clip, inputs)

    def _text_runs(self, clip: Clip) -> Runs:
        from artcelery.core.media.letters.titles import title
        from artcelery.core.media.painting.fading import Fades

        config, picture = self.config, clip.picture
        assert picture is not None
        coming, going = config.fade or (0.0, 0.0)
        rate = picture.rate or Fraction(0)
        fades = Fades(_exact(coming) * rate, _exact(going) * rate, clip.frames)
        lines = plain_lines(config.text or "")
        return title(lines, self._look(picture), self._spot(picture), self._margin(picture), fades, self.called)

    def _caption_runs(self, clip: Clip, inputs: Sequence[Streams]) -> Runs:
        from artcelery.core.media.letters.captioning import captions_on_frames
        from artcelery.core.media.letters.lettering import Letterer
        from artcelery.core.media.probing.documents import read_captions

        picture, file = clip.picture, inputs[0].file
        assert picture is not None
        assert picture.rate is not None
        assert file is not None
        letterer = Letterer(self._look(picture))
        margin = self._margin(picture)
        return captions_on_frames(read_captions(file).cues, picture.rate, letterer, self._spot(picture), margin)

    def _look(self, picture: Picture) -> Look:
        """The look that the config describes, in pixels of this picture."""
        from artcelery.core.media.letters.lettering import Look

        config = self.config
        size = resolve_size(config.size or "", picture.height)
        box, outline, shadow = config.box, config.outline, config.shadow
        more: dict[str, Any] = {}
        if box:
            more |= {"box": box.color, "box_opacity": box.opacity, "padding": _length(box.padding, size)}
        if outline:
            more |= {"outline": outline.color, "outline_width": _length(outline.width, size)}
        if shadow:
            more |= {
                "shadow": shadow.color,
                "shadow_opacity": shadow.opacity,
                "shadow_offset": _length(shadow.offset, size),
                "shadow_blur": _length(shadow.blur, size),
            }
        return Look(config.font or "", size, config.color or "", config.align or "", **more)

    def _margin(self, picture: Picture) -> int:
        return _length(self.config.margin or 0, picture.height)

    def _spot(self, picture: Picture) -> Spot:
        from artcelery.core.media.letters.captioning import Spot

        position = self.config.position or "center"
        if isinstance(position, str):
            across, down = ANCHORS[position]
            return Spot(picture.size, across, down, margin=self._margin(picture))
        (across, left), (down, top) = (_place(item) for item in position)
        return Spot(picture.size, across, down, left=left, top=top)


def _place(coordinate: int | str) -> tuple[float, int]:
    """A share of the free room, and pixels."""
    return (0.0, coordinate) if isinstance(coordinate, int) else (float(coordinate[:-1]) / 100, 0)


def _exact(seconds: float) -> Fraction:
    return Fraction(repr(seconds)).limit_denominator(1_000_000)


def _rate(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _length(size: int | str, whole: int) -> int:
    """A length in pixels, where percent are of `whole`; 0 stays 0."""
    return resolve_size(size, whole) if size else 0
