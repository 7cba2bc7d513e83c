"""What to bring up, and where."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


def _from_environment(name: str) -> str | None:
    return os.environ.get(name) or None


@dataclass(frozen=True)
class StackOptions:
    """What a stack is made of. A port of 0 takes a free one.

    Args:
        data_dir: Where all its files are, which stay; None for a throw-away folder.
        ephemeral: Keep nothing in ``data_dir`` but ``stack.json``, as long as the stack is up.
        api_port, temporal_port, ui_port, smtp_port: Where its parts listen on 127.0.0.1.
        ui: Whether the Temporal server serves its UI.
        environment: Added to the environment of the API and the worker, for example ``{"FERMATA_PACE": "3600"}``.
        database_url: A running Postgres to use instead; by default what ``FERMATA_DATABASE_URL`` says.
        temporal_address: A running Temporal to use instead; by default what ``TEMPORAL_ADDRESS`` says.
    """

    data_dir: Path | None = None
    ephemeral: bool = False
    api_port: int = 0
    temporal_port: int = 0
    ui_port: int = 0
    smtp_port: int = 0
    ui: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)
    database_url: str | None = field(default_factory=lambda: _from_environment("FERMATA_DATABASE_URL"))
    temporal_address: str | None = field(default_factory=lambda: _from_environment("TEMPORAL_ADDRESS"))
