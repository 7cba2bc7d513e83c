"""Dashboard and alerts ask for what the processes tell, and every alert has its entry in the runbook."""

import re
from collections import Counter
from datetime import UTC, datetime
from itertools import combinations

import pytest

from activities.meters import JourneyMeters
from api.meters import ApiMeters
from fermata.ingest.lag import DispatchLag
from fermata.metrics_page import process_registry
from tests.operating_files import FOLDER, alerts, expressions, metrics_in, panels
from tests.pages import anchors
from worker.meters import DispatchMeters, WatchMeters

_SAMPLES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",), "info": ("_info",)}
_LABELS = re.compile(r"([a-z_]+)\{([^}]*)\}")


@pytest.fixture(scope="module")
def told() -> dict[str, set[str]]:
    """What the processes tell, by the names that Prometheus knows, with the labels."""
    registry = process_registry()
    meters = (ApiMeters(registry), JourneyMeters(registry), DispatchMeters(registry), WatchMeters(registry))
    meters[-1].show(DispatchLag(0, None, None, None), {}, {}, {}, 0, datetime.now(UTC))
    labels = {
        name: set(getattr(collector, "_labelnames", ()))
        for collector, names in registry._collector_to_names.items()
        for name in names
    }
    families = [family for family in registry.collect() if family.name.startswith(("fermata_", "process_"))]
    return {
        family.name + suffix: labels.get(family.name, set()) for family in families for suffix in _SAMPLES[family.type]
    }


def test_every_metric_that_is_asked_for_is_told(told: dict[str, set[str]]) -> None:
    asked = set().union(*map(metrics_in, expressions()))
    assert len(asked) > 20
    assert {name for name in asked if not name.startswith("temporal_")} - told.keys() == set()


def test_every_label_that_is_asked_for_is_one_that_the_metric_has(told: dict[str, set[str]]) -> None:
    for expression in expressions():
        for name, selected in _LABELS.findall(expression):
            wanted = set(re.findall(r"(\w+)[!=]", selected))
            assert name == "up" or wanted <= told[name], expression


def test_every_metric_of_ours_is_on_the_page_and_in_the_dashboard(told: dict[str, set[str]]) -> None:
    page = (FOLDER / "metrics.md").read_text()
    shown = set().union(*map(metrics_in, expressions()))
    for name in told:
        if name.startswith("fermata_"):
            family = re.sub(r"_(bucket|count|sum)$", "", name)
            assert f"`{family}`" in page, family
            assert any(each.startswith(family) for each in shown), family


def test_every_alert_has_its_entry_and_every_entry_its_alert() -> None:
    entries = anchors(FOLDER / "runbook.md") - {"runbook"}
    assert {alert["annotations"]["runbook"] for alert in alerts()} == {
        f"docs/operating/runbook.md#{entry}" for entry in entries
    }
    for alert in alerts():
        assert alert["annotations"]["runbook"].endswith(f"#{alert['alert'].lower()}")
        assert alert["labels"]["severity"] in ("page", "ticket")
        assert alert["annotations"]["summary"]


def test_an_entry_says_how_urgent_it_is_how_to_look_and_what_to_do() -> None:
    text = (FOLDER / "runbook.md").read_text()
    for alert in alerts():
        entry = text.split(f"\n## {alert['alert']}\n")[1].split("\n## ")[0]
        assert entry.startswith(f"\n**{alert['labels']['severity'].capitalize()}.**"), alert["alert"]
        assert "\nLook: " in entry, alert["alert"]
        assert "\nDo: " in entry, alert["alert"]


def test_every_alert_is_tried_at_its_edge() -> None:
    tried = Counter(re.findall(r"alertname: (\w+)", (FOLDER / "alerts_test.yml").read_text()))
    assert set(tried) == {alert["alert"] for alert in alerts()}


def test_panels_have_ids_of_their_own_and_none_covers_another() -> None:
    shown = panels()
    assert len({panel["id"] for panel in shown}) == len(shown)
    assert all(panel["title"] and panel["description"] for panel in shown)
    for one, other in combinations([panel["gridPos"] for panel in shown], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above, (one, other)
