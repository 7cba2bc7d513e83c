"""``fermata explain``: a person who does not write code learns why somebody did or did not get a message."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from random import Random
from subprocess import CompletedProcess
from uuid import uuid4

import orjson
from rich.cells import cell_len
from rich.console import Console

from cli.explain.explanation import Explanation
from fermata.database import Pool
from fermata.ledger import begin_send, decide_and_reserve, settle_sent
from fermata.ledger.decisions import read_decision
from fermata.policy import Facts, default_document, default_policy
from fermata.segments import days, did
from tests.people import ADDRESSES, NOON, enrol, store_event
from tests.policies import enact, under
from tests.recorded import record
from tests.unit.policy.cases import given, random_case

Fermata = Callable[..., "CompletedProcess[str]"]
NIGHT = NOON + timedelta(hours=11)


def _printed(explanation: Explanation, *, terminal: bool = False) -> str:
    file = io.StringIO()
    Console(file=file, width=80, force_terminal=terminal, highlight=False).print(explanation)
    return file.getvalue()


async def test_a_hold_is_told_with_its_end_its_rules_and_where_each_fact_came_from(
    pool: Pool, fermata: Fermata
) -> None:
    policies = await under(pool, default_document())
    ada = await enrol(pool, quiet_hours={"start": "22:00", "end": "07:00"})
    held = await decide_and_reserve(pool, policies, ada.attempt(channels=("push", "email")), NIGHT)
    told = fermata("explain", str(held.id))
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("hello by push is held until Thu 08:00 Europe/London: the channel is closed at")
    assert "\ndefer outside_window" in told.stdout
    for part in (
        "Wednesday 4 March 2026, 23:00:00 Europe/London",
        "2026-03-04 23:00:00",
        "since 2026-03-04 11:00 UTC, by ada",
        "Europe/London (profile)",
        "GB (address)",
        "22:00-07:00, the person's own",
        "quiet hours        Wed 23:00  closed until Thu 07:00",
        "window             Thu 07:00  closed until Thu 08:00",
        "channel cap        Thu 09:00  passes                  0 of 2 used",
    ):
        assert part in told.stdout, part
    assert "\x1b" not in told.stdout
    assert not [address for address in ADDRESSES.values() if address in told.stdout]


async def test_a_refusal_names_its_reason_and_the_region_that_it_follows_from(pool: Pool) -> None:
    policies = await under(pool, default_document())
    ada = await enrol(pool, consent={})
    dropped = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    told = _printed(Explanation(await read_decision(pool, dropped.id)))
    assert "hello is not sent: never said yes, where a yes is needed." in told
    assert "✗  consent         Wed 12:00  says no                 consent missing; GB" in told


async def test_a_message_that_is_not_for_somebody_tells_part_for_part_why(pool: Pool) -> None:
    policies = await under(pool, default_document())
    ada = await enrol(pool)
    await store_event(pool, ada.profile_id, "Product Viewed", NOON)
    asked = ada.attempt()
    keen = did("Product Viewed", times=3, within=days(7)) & ~did("Sales Contacted")
    asked = asked.model_copy(update={"message": asked.message.model_copy(update={"eligible": keen})})
    dropped = await decide_and_reserve(pool, policies, asked, NOON)
    told = _printed(Explanation(await read_decision(pool, dropped.id)))
    assert "hello is not sent: not among those it is for, any more." in told
    for part in (
        "who gets it no did Product Viewed at least 3 times within 7 days, and never Sales Contacted",
        "no did Product Viewed at least 3 times within 7 days: 1 of 3",
        "yes never Sales Contacted: none",
        "✗ eligibility Wed 12:00 says no eligibility failed; see who gets it, above",
    ):
        assert part in " ".join(told.split()), part


async def test_a_send_tells_what_became_of_it(pool: Pool) -> None:
    policies = await under(pool, default_document())
    ada = await enrol(pool)
    sent = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    await begin_send(pool, sent.id, NOON)
    await settle_sent(pool, sent.id, NOON, provider="smtp", provider_message_id="m1")
    told = _printed(Explanation(await read_decision(pool, sent.id)))
    assert "hello may go by email at once: every rule lets it through." in told
    assert "taken by the provider (smtp), Wed 12:00" in told


async def test_whatever_was_decided_every_line_fits_80_columns_and_every_rule_is_there(pool: Pool) -> None:
    note = "a note that goes on for a while, since whoever changes a policy owes a reason to those who come after"
    await enact(pool, default_document(), note=note)
    random = Random(8)  # noqa: S311 - cases, no secrets
    cases = [Facts.model_validate_json(orjson.dumps(given(random_case(random)))) for _ in range(150)]
    ids = await record(pool, await enrol(pool), cases, default_policy())
    for identifier in ids:
        kept = await read_decision(pool, identifier)
        told = _printed(Explanation(kept))
        assert max(cell_len(line) for line in told.splitlines()) <= 80, told
        assert kept.reason.value in told
        assert [answer.rule for answer in kept.trace if answer.rule.replace("_", " ") not in told] == []


async def test_facts_of_another_version_leave_the_rest_explained(pool: Pool, fermata: Fermata) -> None:
    policies = await under(pool, default_document())
    ada = await enrol(pool)
    held = await decide_and_reserve(pool, policies, ada.attempt(), NIGHT)
    await pool.execute("UPDATE decisions SET facts = '{}', policy = 'sha256:0'")
    told = fermata("explain", str(held.id))
    assert told.returncode == 0
    assert "cannot be read by this version of Fermata (at: Field required)" in " ".join(told.stdout.split())
    assert "no activation of this policy before the decision is on record" in told.stdout


async def test_json_is_one_document_without_addresses(pool: Pool, fermata: Fermata) -> None:
    policies = await under(pool, default_document())
    ada = await enrol(pool)
    held = await decide_and_reserve(pool, policies, ada.attempt(), NIGHT)
    told = fermata("explain", str(held.id), "--json")
    document = json.loads(told.stdout)
    assert (document["action"], document["reason"]) == ("defer", "outside_window")
    assert document["facts"]["profile"]["addresses"]["email"] == "a…@example.com"
    assert document["trace"][0]["rule"] == "failed_attempt"


def test_an_id_that_nobody_knows_is_one_line(fermata: Fermata) -> None:
    unknown = uuid4()
    answer = fermata("explain", str(unknown))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"fermata: no decision has the id {unknown}\n"
    assert fermata("explain", "nonsense").returncode == 2
    assert "Example: fermata explain" in fermata("explain", "--help").stdout
