"""What all parts of the view have in common: frozen, and each field documented where it stands."""

from pydantic import BaseModel, ConfigDict


class Shown(BaseModel):
    """A part of the view. The text under a field is its description in the OpenAPI document too."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)
