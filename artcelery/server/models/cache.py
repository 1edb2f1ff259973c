"""Files, as requests and replies have them."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from artcelery.core.engine.people.file_facts import FileUses, Made, StoredFile
from artcelery.core.engine.people.file_previews import THUMBNAIL_SIZES
from artcelery.core.media.clip import Clip, Picture, Sound
from artcelery.server.models.paging import NextPage

__all__ = [
    "BYTES",
    "ContentHash",
    "FileFacts",
    "FileItem",
    "FileList",
    "FileMeta",
    "InTheMaking",
    "Kind",
    "ThumbnailSize",
    "Waveform",
]

BYTES = "application/octet-stream"
Kind = Literal["still", "film", "sound", "data"]

_HASH = "33268b6e167deaf018cc538de12dbe562612b33e89a749391cef855b10a6eb5b"
_ITEM = {
    "content_hash": _HASH,
    "size_bytes": 70361,
    "type": "image/png",
    "kind": "still",
    "name": "cat.png",
    "origin": "upload",
    "created_at": "2026-11-25T16:20:11.482Z",
    "description": "still 256x256",
}
_CLIP: dict[str, Any] = {
    "kind": "still",
    "picture": {"width": 256, "height": 256, "pix_fmt": "rgb24", "rate": None, "alpha": False, "depth": 8},
    "sound": None,
    "duration_s": None,
    "frames": 1,
    "notes": [],
}
_FACTS = {**_ITEM, "clip": _CLIP}

ContentHash = Annotated[str, Field(description="The SHA3-256 of the file, 64 hex digits.", examples=[_HASH])]


class ThumbnailSize(IntEnum):
    """How large thumbnails are, in pixels."""

    TINY, SMALL, MEDIUM, LARGE = THUMBNAIL_SIZES


def _example(value: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


class FileItem(BaseModel):
    """A file of a list."""

    model_config = _example(_ITEM)

    content_hash: ContentHash
    size_bytes: int = Field(description="How large it is.")
    type: str = Field(description="The media type that it is served as.")
    kind: Kind | None = Field(description="What it is, null where nobody looked into it.")
    name: str = Field(description="What its owner calls the file; may be empty.")
    origin: str = Field(description="How it came: `upload`, `import`, `render`, ...; may be empty.")
    created_at: str | None = Field(description="Since when it is there.")
    description: str = Field(description="What it is, in a few words; empty where nobody looked into it.")

    @classmethod
    def of(cls, file: StoredFile) -> Self:
        """What is said of a file."""
        return cls.model_validate(_said(file))


class FileList(BaseModel):
    """Some files, newest first."""

    model_config = _example({"files": [_ITEM], "cursor": None})

    files: list[FileItem]
    cursor: NextPage


class PictureFacts(BaseModel):
    """The pictures of a file, as they are shown."""

    width: int
    height: int
    pix_fmt: str
    rate: str | None = Field(description="Pictures a second, such as `30000/1001`; null for a still.")
    alpha: bool
    depth: int = Field(description="Bits of a colour.")

    @classmethod
    def of(cls, picture: Picture) -> Self:
        """What is said of pictures."""
        rate = str(picture.rate) if picture.rate is not None else None
        return cls(
            width=picture.width,
            height=picture.height,
            pix_fmt=picture.pix_fmt,
            rate=rate,
            alpha=picture.alpha,
            depth=picture.depth,
        )


class SoundFacts(BaseModel):
    """The sound of a file."""

    rate: int = Field(description="Samples a second.")
    layout: str
    channels: int
    bits: int = Field(description="Bits of a sample.")

    @classmethod
    def of(cls, sound: Sound) -> Self:
        """What is said of a sound."""
        return cls(rate=sound.rate, layout=sound.layout, channels=sound.channels, bits=sound.bits)


class ClipFacts(BaseModel):
    """What a file was found to be."""

    model_config = _example(_CLIP)

    kind: Kind
    picture: PictureFacts | None
    sound: SoundFacts | None
    duration_s: float | None = Field(description="Seconds, null for a still.")
    frames: int = Field(description="How many pictures it has, 0 where nobody can tell.")
    notes: list[str] = Field(description="What its reader should know.")

    @classmethod
    def of(cls, clip: Clip) -> Self:
        """What is said of a clip."""
        return cls(
            kind=clip.kind,
            picture=PictureFacts.of(clip.picture) if clip.picture else None,
            sound=SoundFacts.of(clip.sound) if clip.sound else None,
            duration_s=float(clip.duration) if clip.duration is not None else None,
            frames=clip.frames,
            notes=list(clip.notes),
        )


class FileFacts(FileItem):
    """A file, and what it was found to be."""

    model_config = _example(_FACTS)

    clip: ClipFacts | None = Field(description="What it was found to be, null where nobody looked into it.")

    @classmethod
    def of(cls, file: StoredFile) -> Self:
        """What is said of a file that was looked into."""
        return cls.model_validate(_found(file))


class MadeBy(BaseModel):
    """A run that made a file."""

    run_id: str
    seconds: float = Field(description="How long that took.")
    created_at: str

    @classmethod
    def of(cls, made: Made) -> Self:
        """What is said of the making of a file."""
        return cls(run_id=made.run_id, seconds=made.seconds, created_at=made.created_at)


class FileMeta(FileFacts):
    """A file, who made it, and what needs it, as far as that is the asker's."""

    model_config = _example(
        {
            **_FACTS,
            "names": ["my-cat"],
            "made_by": [{"run_id": "01hzy3", "seconds": 0.31, "created_at": "2026-11-25T16:21:02.100Z"}],
            "used_by": ["01hzy3"],
        }
    )

    names: list[str] = Field(description="Its names.")
    made_by: list[MadeBy] = Field(description="The runs that made it.")
    used_by: list[str] = Field(description="The runs that need it; of many, the first hundred.")

    @classmethod
    def of_uses(cls, file: StoredFile, uses: FileUses) -> Self:
        """What is said of a file and its uses."""
        made = [MadeBy.of(item) for item in uses.made_by]
        return cls.model_validate(
            {**_found(file), "names": list(uses.names), "made_by": made, "used_by": list(uses.used_by)}
        )


class InTheMaking(BaseModel):
    """What was asked for is being made."""

    model_config = _example({"again_in_s": 1})

    again_in_s: int = Field(description="When to ask again, in seconds.")


class Waveform(BaseModel):
    """How far a sound swings, as audiowaveform writes it and players of waveforms read it."""

    model_config = _example(
        {
            "version": 2,
            "channels": 1,
            "sample_rate": 48000,
            "samples_per_pixel": 32,
            "bits": 8,
            "length": 3,
            "data": [-3, 2, -90, 88, -12, 9],
        }
    )

    version: Literal[2] = Field(description="Of the format.")
    channels: Literal[1] = Field(description="All channels are looked at together.")
    sample_rate: int = Field(description="Samples a second.")
    samples_per_pixel: int = Field(description="How many samples a column stands for.")
    bits: Literal[8] = Field(description="Of a value of `data`.")
    length: int = Field(description="How many columns there are: as many as were asked for at most.")
    data: list[int] = Field(description="Of each column the lowest and the highest sample, from -128 to 127.")


def _said(file: StoredFile) -> dict[str, Any]:
    return {
        "content_hash": file.content_hash,
        "size_bytes": file.size_bytes,
        "type": file.type or BYTES,
        "kind": file.kind or None,
        "name": file.name,
        "origin": file.origin,
        "created_at": file.created_at or None,
        "description": file.clip.describe() if file.clip else "",
    }


def _found(file: StoredFile) -> dict[str, Any]:
    clip = ClipFacts.of(file.clip) if file.clip else None
    return {**_said(file), "clip": clip}
