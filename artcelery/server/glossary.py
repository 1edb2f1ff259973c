"""What the words of requests and replies mean, which mean the same wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["WORDS", "explain"]

WORDS = {
    "advice": "What would make it quicker.",
    "all": "How many there are.",
    "alpha": "Whether it is transparent anywhere.",
    "assets": "The names, in their order.",
    "at": "When, in seconds since 1970.",
    "attempts": "How often it was begun.",
    "author": "Who wrote it.",
    "cache": "Whether its result is kept, without loss.",
    "channels": "How many channels of sound it has.",
    "choices": "What may be chosen, where that is a list.",
    "clip": "What it is, in words: its kind, size, rate and length.",
    "column": "The column, from 1; 0 where there is no text.",
    "config": "What the node is told, as its type has it.",
    "config_id": "The content hash of the config's text.",
    "config_name": "The name of the config.",
    "configs": "The configs.",
    "content_hash": "SHA3-256 of the file's bytes, 64 lowercase hex digits.",
    "cost_s": "The processor time of the node itself, in seconds, where it was measured.",
    "created_at": "When it came (ISO 8601, UTC).",
    "cursor": "Where to go on: the cursor of the page before.",
    "data": "What else there is to say of it.",
    "default": "What it is when nothing is given.",
    "description": "What it is, in a sentence.",
    "done": "How many frames are made.",
    "due_at": "When it is looked at again, in seconds since 1970.",
    "effect": "The effect's name and the content hash of its source; null for other nodes.",
    "effects": "The effects.",
    "encoding": "How the output is encoded.",
    "entries": "What happened, oldest first.",
    "error": "Why it failed: a `code` and a `message`; null when it did not.",
    "files": "The files, newest first.",
    "finished_at": "When it ended (ISO 8601, UTC); null until then.",
    "frames": "How many frames it makes, 0 where nobody knows.",
    "frames_done": "How many frames are made.",
    "height": "How high, in pixels.",
    "holder": "The process that works on it.",
    "id": "Its id.",
    "inputs": "What goes in, in order.",
    "key": "SHA3-256 of what computes it.",
    "kind": "Of which kind it is.",
    "known": "How many are known.",
    "Last-Event-ID": "The number of the last event that was heard; what came after it is told.",
    "layout": "How its channels are laid out, such as `stereo`.",
    "limit": "How many at most.",
    "line": "The line, from 1; 0 where there is no text.",
    "maximum": "The most that it may be.",
    "message": "What is to be said, in a sentence.",
    "minimum": "The least that it may be.",
    "name": "What it is called.",
    "node": "The id of the node.",
    "nodes": "The nodes.",
    "notes": "Conversions on the way.",
    "number": "Which one it is, from 1.",
    "oldest_ready": "Since when the oldest ready pass waits, in seconds since 1970.",
    "output": "The id of the node that comes out.",
    "output_hash": "The content hash of the output; null until there is one.",
    "output_key": "The key of the output.",
    "output_name": "What the output is called.",
    "params": "The parameters.",
    "parts": "How many parts there are.",
    "passes": "The passes.",
    "passes_done": "How many passes are done.",
    "path": "Where it stands: keys and numbers from the root of the document on.",
    "picture": "Its pictures, null when it has none.",
    "pix_fmt": "Its pixel format, as FFmpeg names them.",
    "provenance_hash": "The content hash of its record; null until there is one.",
    "queue": "The queue in which it waits.",
    "ready": "How many may be begun.",
    "reason": "Why that is so.",
    "rendered_at": "When it was rendered (ISO 8601, UTC).",
    "rendered_by": "Who rendered it.",
    "required": "Whether it must be given.",
    "requires": "What a worker must be able to do.",
    "roles": "What each input is for, where the node says so.",
    "run_id": "The id of the run.",
    "running": "How many are worked on.",
    "runs": "The runs, newest first.",
    "seconds": "How long it took or will take, in seconds; null where nobody knows.",
    "since": "Since when its status is that, in seconds since 1970.",
    "sound": "Its sound, null when it has none.",
    "started_at": "When it began (ISO 8601, UTC); null until then.",
    "status": "How it stands.",
    "type": "Of which type it is.",
    "user": "Whose it is, `@name@host`; empty for who operates the server.",
    "version": "Its version.",
    "versions": "The versions of what it was made with.",
    "waiting": "How many wait for others.",
    "waits_for": "Key and encoding of the files that it waits for.",
    "warnings": "What is right, and yet hardly meant.",
    "width": "How wide, in pixels.",
    "worker": "Who works on it; empty while nobody does.",
}


def explain(schema: dict[str, Any]) -> None:
    """Say of each field and parameter of an OpenAPI description what it means, where nothing is said."""
    for name, model in schema["components"]["schemas"].items():
        model.setdefault("description", f"What `{name.removeprefix('Body_')}` is sent.")
    for name, said in _named(schema):
        if name in WORDS and not said.get("description") and "$ref" not in said:
            said["description"] = WORDS[name]


def _named(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for model in schema["components"]["schemas"].values():
        yield from model.get("properties", {}).items()
    for path in schema["paths"].values():
        for operation in path.values():
            yield from ((item["name"], item) for item in operation.get("parameters", ()))
