"""Which keys a table of the policy document has, for the mend of a misspelt one."""

from collections.abc import Sequence
from typing import get_args

from pydantic import BaseModel

from fermata.policy.document import Policy


def known_keys(path: Sequence[str | int]) -> list[str]:
    """Returns the keys of the table that a path leads to, sorted.

    Args:
        path: Keys from the top of the document; positions in arrays are passed over.
    """
    model: type[BaseModel] = Policy
    for part in path:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        if field is not None:
            model = _table_in(field.annotation) or model
    return sorted(field.alias or name for name, field in model.model_fields.items())


def _table_in(annotation: object) -> type[BaseModel] | None:
    """Returns the table of ``Table``, ``Table | None`` or ``tuple[Table, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_table_in(argument) for argument in get_args(annotation))
    return next((table for table in found if table is not None), None)
