"""Where the parts of a running stack are: what ``stack.json`` holds."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class StackKeys(BaseModel):
    """The keys that ``fermata setup --json`` prints.

    Args:
        write_key: For sending events; None where it was made and shown earlier.
        admin_key: For managing everything; None likewise.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    write_key: str | None
    admin_key: str | None


class StackReport(BaseModel):
    """Where to find what.

    Args:
        api: Base address of Fermata's HTTP surface.
        temporal: Address of the Temporal service, ``host:port``.
        ui: Address of the Temporal UI; None where it is not ours to know.
        database: ``postgresql://…``, with its password.
        smtp: ``smtp://host:port`` of the server that keeps all mail.
        provider: Base address of the stand-in for push and SMS.
        write_key, admin_key: Keys for the API; None where they were made for this database by somebody else.
        pid: The process that holds the stack, and ends it when it gets SIGTERM.
        pids: Its child processes, by name.
    """

    model_config = ConfigDict(frozen=True)

    api: str
    temporal: str
    ui: str | None
    database: str
    smtp: str
    provider: str
    write_key: str | None = None
    admin_key: str | None = None
    pid: int
    pids: dict[str, int] = Field(default_factory=dict)


def write_secret(path: Path, document: BaseModel) -> None:
    """Writes a document that holds keys: for its owner only, whole or not at all.

    Args:
        path: The file.
        document: What to write, as JSON.
    """
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(document.model_dump_json(indent=2) + "\n")
    unfinished.replace(path)
