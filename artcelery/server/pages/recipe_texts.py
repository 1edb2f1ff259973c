"""The texts of recipes: those that are stored, and one to begin with."""

from __future__ import annotations

from artcelery.core.engine.people import Member
from artcelery.core.errors import NotFoundError
from artcelery.core.state.records import ConfigRecord

__all__ = ["EXAMPLE", "text_of"]

EXAMPLE = """\
name: small-dog
description: A picture made smaller, and then seen as a dog sees it.

params:
  width:
    type: int
    default: 640
    min: 16
    max: 4096
    description: How wide the picture becomes.

dag:
  nodes:
    - id: picture
      type: SOURCE
      config: {input: true, description: The picture}
    - id: small
      type: RESIZE
      config: {width: "${width}"}
      inputs: [picture]
    - id: seen
      type: EFFECT
      config: {effect: dog}
      inputs: [small]
  output: seen
"""


def text_of(member: Member, record: ConfigRecord) -> bytes:
    """The text of a stored config; NotFoundError when it has gone from the cache."""
    try:
        _, path = member.files.open(record.id)
    except NotFoundError as error:
        raise NotFoundError(f"the text of the recipe {record.name!r} has gone from the cache; add it again") from error
    return path.read_bytes()
