"""The files by which a deployment is watched, read for tests."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.pages import ROOT

FOLDER = ROOT / "docs" / "operating"

_METRIC = re.compile(r"\b(?:fermata|temporal|process|python)_[a-z_]+[a-z]\b")
_IN_QUOTES = re.compile(r'"[^"]*"')


def alerts() -> Iterator[dict[str, Any]]:
    """The alerts of the rules."""
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]:
        yield from group["rules"]


def panels() -> list[dict[str, Any]]:
    """The panels of the dashboard, rows left out."""
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    """All that dashboard and alerts ask Prometheus."""
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    return asked + [alert["expr"] for alert in alerts()]


def metrics_in(expression: str) -> set[str]:
    """The metrics that an expression names.

    Args:
        expression: Of Prometheus.
    """
    return set(_METRIC.findall(_IN_QUOTES.sub("", expression)))
