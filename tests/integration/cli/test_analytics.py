"""``fermata analytics``, called as it is on a command line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from subprocess import CompletedProcess

from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import JourneyDefinition, Registry, Trigger

Fermata = Callable[..., "CompletedProcess[str]"]
REGISTRY = Registry(
    {"cart_recovery": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed", holdout=0.1)}
)


async def test_each_question_has_a_page_and_a_document(fermata: Fermata, pool: Pool) -> None:
    then = datetime.now(UTC) - timedelta(days=20)
    payloads = [
        {
            "type": "track",
            "event": event,
            "userId": f"p{number}",
            "messageId": f"{event} {number}",
            "timestamp": (then - timedelta(hours=hours)).isoformat(),
            "properties": {"revenue": 5, "currency": "EUR"},
            "context": {"campaign": {"source": "google", "medium": "cpc"}} if event == "Product Added" else {},
        }
        for number in range(60)
        for event, hours in (("Product Added", 2), *((("Order Completed", 1),) if number % 2 else ()))
    ]
    for event in ("Product Added", "Order Completed"):  # a run whose goal came in with its trigger would not begin
        events = [parse(each, received_at=then) for each in payloads if each["event"] == event]
        await Ingest(pool, REGISTRY).accept(events, (), then)

    attributed = fermata("analytics", "attribution")
    assert (attributed.returncode, attributed.stderr) == (0, "")
    assert "30 of 60 walks" in " ".join(attributed.stdout.split())
    assert "paid search" in attributed.stdout
    paths = json.loads(fermata("analytics", "paths", "--longest", "1", "--json").stdout)
    assert [(each["steps"], each["reached"]) for each in paths["paths"]] == [(["Product Added"], 30)]
    kpis = fermata("analytics", "kpis")
    assert (kpis.returncode, kpis.stderr) == (0, "")
    assert "0 customers came back; lifetime value needs 50" in " ".join(kpis.stdout.split())
    lift = json.loads(fermata("analytics", "lift", "cart_recovery", "--json").stdout)
    (found,) = lift["experiments"]
    assert found["lift"]["reached"]["people"] + found["lift"]["held_out"]["people"] == 60
    assert found["question"]["within"] == "P14D"
    actions = fermata("analytics", "next-best-actions")
    assert (actions.returncode, actions.stdout, actions.stderr) == (0, "Nothing was chosen in that time.\n", "")


def test_a_question_without_an_answer_is_one_line(fermata: Fermata) -> None:
    refused = fermata("analytics", "lift", "--event", "Order Completed")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1
    assert "nobody was reached" in refused.stderr
