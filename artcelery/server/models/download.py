"""What a server says of the client that it gives away."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ClientReply"]


class ClientReply(BaseModel):
    """The client of this server, and how to install it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "version": "0.1.0",
                "file": "artcelery-0.1.0-py3-none-any.whl",
                "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                "command": 'pip install "artcelery @ https://art.example/download/client/'
                'artcelery-0.1.0-py3-none-any.whl#sha256=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"',
            }
        }
    )

    version: str = Field(description="The version, that of the server.")
    file: str = Field(description="The name of the wheel, which is at /download/client/FILE.")
    sha256: str = Field(description="The SHA-256 of the wheel, as installers check it.")
    command: str = Field(description="The one line that installs it.")
