"""Recorded histories: files of JSON, one a run, under ``tests/replay/histories``."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseError
from temporalio.client import WorkflowHistory

from fermata.errors import ConfigurationError

HISTORIES = "histories"
"""The folder of recorded histories, in the folder of the replay tests."""


def find_histories(paths: Iterable[Path]) -> list[Path]:
    """The files of recorded histories, in order.

    Args:
        paths: Files, and folders that are searched for ``histories/*.json``, themselves included.

    Raises:
        ConfigurationError: There is no such file or folder, or no history in it.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_file():
            found.append(path)
            continue
        inside = sorted(each for each in path.rglob("*.json") if each.parent.name == HISTORIES)
        if not inside:
            raise ConfigurationError(
                f"no recorded run in {path}/{HISTORIES}: record some by `fermata record`, or name another folder"
            )
        found += inside
    return found


def read_history(path: Path) -> WorkflowHistory:
    """Reads a recorded history; the run goes by the name of its file.

    Args:
        path: The file, as ``fermata record``, the Temporal CLI or its UI writes it.

    Raises:
        ConfigurationError: It is no history.
    """
    try:
        return WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))
    except (ValueError, ParseError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{path} is no history of a run ({error}); record it again") from None


def write_history(path: Path, history: dict[str, Any]) -> None:
    """Writes a history as one compact line.

    Args:
        path: The file; its folder is made where there is none.
        history: As JSON has it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(history, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
