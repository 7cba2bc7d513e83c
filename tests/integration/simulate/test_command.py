"""``fermata simulate`` as a program, with servers of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def fermata(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "COLUMNS": "100"}
    command = [sys.executable, "-m", "cli", "simulate", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_what_somebody_does_becomes_a_timeline_on_their_own_clock() -> None:
    done = fermata(
        *("cart_recovery", "--events", "examples/cart_recovery.ndjson", "--profile", "examples/ada.json"),
        *("--start", "2026-03-07T23:30:00Z", "--for", "P30D", "--json"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["start"], told["end"]) == ("2026-03-07T23:30:00Z", "2026-04-06T23:30:00Z")
    assert told["time_zone"] == "America/New_York"
    assert told["sent"] == {"email": 2}
    assert [(run["journey"], run["state"]) for run in told["runs"]] == [("cart_recovery", "completed")]
    moments = [(moment["kind"], moment["what"], moment["local"]) for moment in told["timeline"]]
    assert moments == [
        ("event", "Product Added", "2026-03-07T18:30:00-05:00"),
        ("wait", "Wait 1 hour", "2026-03-07T18:30:00-05:00"),
        ("decision", "cart_reminder", "2026-03-07T19:30:00-05:00"),
        ("wait", "Wait for Product Viewed, at most 1 day", "2026-03-07T19:30:00-05:00"),
        ("event", "Product Viewed", "2026-03-08T10:30:00-04:00"),
        ("decision", "cart_discount", "2026-03-08T10:30:00-04:00"),
        ("ended", "completed", "2026-03-08T10:30:00-04:00"),
        ("event", "Order Completed", "2026-03-09T15:30:00-04:00"),
    ]
    mail = told["timeline"][2]["outgoing"]
    assert mail["address"] == "ada@example.com"
    assert mail["content"]["subject"] == "Your Trail Runner 3 is still in your cart"
    assert "Trail Runner 3" in mail["content"]["html"]


def test_without_events_the_trigger_is_made_up_and_the_timeline_says_so() -> None:
    done = fermata("browse_abandonment", "--start", "2026-03-04T21:30:00Z", "--for", "P30D")
    assert (done.returncode, done.stderr) == (0, "")
    shown = " ".join(done.stdout.split())
    for line in (
        "Wednesday 4 March 2026 21:30 ● Product Viewed; browse_abandonment begins",
        "‖ browse_reviews by email is held until Fri 6 Mar 09:00: the channel is closed at this hour (outside_window)",
        "Friday 6 March 2026 09:00 ✓ browse_reviews goes out by email: every rule lets it through (eligible)",
        "to ada@example.com subject: What others say about the Trail Runner 3",
        "browse_retargeting goes out by ads: every rule lets it through (eligible) audience: browsed",
        "browse_abandonment comes to its last line 30 days in ",
        "2 messages would have gone out; nothing left this machine.",
        "no --events: a made-up 'Product Viewed' begins it, and nothing else is done",
    ):
        assert line in shown
