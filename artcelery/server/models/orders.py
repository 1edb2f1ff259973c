"""Runs as requests ask for them."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from artcelery.core.engine.people.run_orders import RunRequest

__all__ = ["ConfigRunOrder", "RunOrder"]

_DEEPEST = 20


def _sendable(value: Any, depth: int = 0) -> Any:
    """What can be said again: texts that have a UTF-8 form, in no deep nest."""
    if depth > _DEEPEST:
        raise ValueError(f"values lie at most {_DEEPEST} levels deep")
    if isinstance(value, str):
        value.encode()  # a UnicodeEncodeError is a ValueError
    elif isinstance(value, (dict, list)):
        for item in (*value, *(value.values() if isinstance(value, dict) else ())):
            _sendable(item, depth + 1)
    return value


Said = Annotated[str, Field(min_length=1, max_length=200)]
Params = Annotated[dict[str, Any], AfterValidator(_sendable)]


class ConfigRunOrder(BaseModel):
    """What a config is rendered with."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"inputs": ["cat"], "params": {}}})

    inputs: list[Said] | dict[str, Said] = Field(
        [], description="Content hashes, names of yours, built-in assets: in the config's order, or by name."
    )
    params: Params = Field({}, description="Parameters of the effect or the config, as values or as texts.")
    output_name: Said | None = Field(None, description="What the output is called; a known ending chooses the format.")
    format: str | None = Field(None, pattern="^[a-z0-9]{1,16}$", description="How it is written, such as `png`.")
    quality: int | None = Field(None, ge=0, le=100_000, description="In the scale of the format.")

    def request(self, recipe: str, text: str = "") -> RunRequest:
        """What it asks for."""
        return RunRequest(recipe, text, self.inputs, self.params, self.output_name, self.format, self.quality)


class RunOrder(ConfigRunOrder):
    """A run that is asked for: exactly one of `recipe` and `config`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"recipe": "dog", "inputs": ["cat"], "params": {"acuity": 0.5}, "output_name": "my-output"}
        },
    )

    recipe: Said | None = Field(None, description="An effect, or the name or id of a stored config.")
    config: Annotated[str, Field(min_length=1, max_length=1_000_000)] | None = Field(
        None, description="The text of a config (YAML), in place of a recipe."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.recipe is None) == (self.config is None):
            raise ValueError("give exactly one of `recipe` and `config`")
        return self

    def asked(self) -> RunRequest:
        """What it asks for."""
        return self.request(self.recipe or "", self.config or "")
