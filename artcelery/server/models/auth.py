"""What is sent and replied when users sign in and out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from artcelery.server.auth.names import TOKEN, USERNAME

__all__ = ["Received", "Revoke", "RevokeUser", "Revoked", "SignOut", "SignedOut"]


class Revoke(BaseModel):
    """A token that is to count no more."""

    token: Annotated[str, Field(pattern=TOKEN, max_length=4096, description="The token; who holds it may end it.")]

    model_config = ConfigDict(json_schema_extra={"example": {"token": "eyJhbGciOi..."}})


class Revoked(BaseModel):
    """The token is dead from now on, whether or not it was known."""

    revoked: bool = Field(default=True, description="Always true.")

    model_config = ConfigDict(json_schema_extra={"example": {"revoked": True}})


class RevokeUser(BaseModel):
    """A user who signed out at their L2."""

    username: Annotated[str, Field(pattern=USERNAME, max_length=64, description="The user's name at L2.")]
    l2_server: Annotated[str, Field(max_length=300, description="The origin of the L2.")]

    model_config = ConfigDict(json_schema_extra={"example": {"username": "giles", "l2_server": "https://l2.example"}})


class Received(BaseModel):
    """It was heard; whether it is true is found out from L2. The reply does not tell whether there is such a user."""

    received: bool = Field(default=True, description="Always true.")

    model_config = ConfigDict(json_schema_extra={"example": {"received": True}})


class SignOut(BaseModel):
    """Who is signed in; `POST /logout` ends that."""

    user: str | None = Field(description="The user, empty for the operator; null when nobody is signed in.")

    model_config = ConfigDict(json_schema_extra={"example": {"user": "@giles@l2.example"}})


class SignedOut(BaseModel):
    """Nobody is signed in any more."""

    signed_out: bool = Field(description="Whether somebody was.")

    model_config = ConfigDict(json_schema_extra={"example": {"signed_out": True}})
