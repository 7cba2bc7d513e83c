"""What is seen when all has come to rest, held against what was foretold; and the figures of it."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client

from cli.demo.cap_check import check_caps
from cli.stack.waiting import until
from fermata.database import Pool, Queries
from tests.faults.deployment import Deployment
from tests.faults.parcel_people import CAPS, Person, foretell
from tests.faults.parcel_traffic import Traffic

_QUERIES = Queries("tests.faults", "parcel_audit.sql")


@dataclass(frozen=True)
class Figures:
    """What there was, and what of it went wrong."""

    accepted: int
    lost: int
    runs: int
    stuck: int
    otherwise: int
    sends: int
    asked_again: int
    unknown: int
    doubled: int
    unexplained: int
    over_caps: int

    @property
    def faults(self) -> tuple[str, ...]:
        """What of it is not 0, by name."""
        wrong = {
            "lost": self.lost,
            "stuck": self.stuck,
            "not as foretold": self.otherwise,
            "beyond a cap": self.over_caps,
            "doubled": self.doubled,
            "unexplained": self.unexplained,
        }
        return tuple(name for name, count in wrong.items() if count)

    def __str__(self) -> str:
        return (
            f"accepted events          {self.accepted:>7,}   lost                 {self.lost}\n"
            f"runs                     {self.runs:>7,}   stuck                {self.stuck}\n"
            f"                                   not as foretold      {self.otherwise}\n"
            f"messages in the ledger   {self.sends:>7,}   beyond a cap         {self.over_caps}\n"
            f"asked of a provider again{self.asked_again:>7,}   doubled              {self.doubled}\n"
            f"of unknown end           {self.unknown:>7,}   unexplained          {self.unexplained}"
        )


async def audit(deployment: Deployment, pool: Pool, traffic: Traffic, *, limit: timedelta) -> Figures:
    """Waits until nothing moves any more, then looks at everything.

    Args:
        deployment: Where.
        pool: Connections to its database.
        traffic: What it was told.
        limit: How long recovery may take.
    """

    async def rests() -> bool:
        return not any((await pool.fetchrow(_QUERIES["unrest"])).values())

    await until(rests, limit=limit, every=timedelta(milliseconds=200))
    accepted = {each.message_id for each in traffic.accepted}
    stored = {row["message_id"] for row in await pool.fetch(_QUERIES["events"], list(accepted))}
    runs = [dict(row) for row in await pool.fetch(_QUERIES["runs"])]
    unrest = await pool.fetchrow(_QUERIES["unrest"])
    client = await Client.connect(deployment.temporal.address)
    open_runs = (await client.count_workflows("ExecutionStatus = 'Running'")).count
    sends = [dict(row) for row in await pool.fetch(_QUERIES["sends"])]
    asked_again, doubled, unexplained = _providers(deployment, sends)
    return Figures(
        accepted=len(accepted),
        lost=len(accepted - stored),
        runs=len(runs),
        stuck=max(sum(unrest.values()), open_runs),
        otherwise=await _otherwise(pool, traffic.people, runs),
        sends=len(sends),
        asked_again=asked_again,
        unknown=sum(send["state"] == "unknown" for send in sends),
        doubled=doubled,
        unexplained=unexplained,
        over_caps=len((await check_caps(pool)).violations) + _beyond(deployment, traffic.people),
    )


async def _otherwise(pool: Pool, people: list[Person], runs: list[dict[str, Any]]) -> int:
    """How many people's runs are not as foretold."""
    by_person: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for run in runs:
        by_person[run["parcel_id"].rpartition("-")[0]].append(run)
    decided: defaultdict[object, list[tuple[str, str]]] = defaultdict(list)
    for row in await pool.fetch(_QUERIES["decisions"]):
        decided[row["run_id"]].append((row["message"], row["action"]))
    return sum(not _as_foretold(person, by_person[f"parcel-{person.number}"], decided) for person in people)


def _as_foretold(person: Person, runs: list[dict[str, Any]], decided: dict[object, list[tuple[str, str]]]) -> bool:
    foretold = foretell(person)
    states = Counter((run["state"], run["reason"]) for run in runs)
    messages = {tuple(message for message, _ in decided[run["id"]]) for run in runs}
    sent = sum(action == "send" for run in runs for _, action in decided[run["id"]])
    return (states, messages, sent) == (
        Counter({(foretold.state, foretold.reason): foretold.runs}),
        {foretold.messages},
        foretold.sent,
    )


def _beyond(deployment: Deployment, people: list[Person]) -> int:
    """How many people got more than a day's caps allow, by what the providers delivered: all of it was on one day."""
    got = Counter(each.body["to"] for each in deployment.provider.messages if each.delivered)
    mailed: defaultdict[str, set[str]] = defaultdict(set)
    for mail in deployment.smtp.messages:
        for address in mail.recipients:
            mailed[address].add(mail.message_id)
    counts = [(got[person.token], got[person.phone], len(mailed[person.email])) for person in people]
    return sum(any(n > most for n, most in zip((*each, sum(each)), CAPS, strict=True)) for each in counts)


def _providers(deployment: Deployment, sends: list[dict[str, Any]]) -> tuple[int, int, int]:
    """How many messages were asked of a provider again, were doubled beyond the rule, and are in one log alone."""
    by_key = {each.key: each for each in deployment.provider.messages}
    mails = Counter(mail.message_id for mail in deployment.smtp.messages)
    again = doubled = unexplained = 0
    for send in sends:
        if send["state"] == "released" and not send["attempts"]:
            continue  # it waited for too long, was given back, and decided again
        if send["channel"] == "email":
            calls = mails.pop(send["provider_message_id"], 0)
            doubled += calls > send["attempts"]  # SMTP's declared price: as often as it was begun
            unexplained += calls == 0 and send["state"] != "unknown"
        else:
            message = by_key.pop(send["dedupe_key"], None)
            calls = message.seen if message is not None else 0
            doubled += message is not None and message.delivered > 1
            unexplained += (message is None or not message.delivered) and send["state"] != "unknown"
        again += calls > 1
    return again, doubled, unexplained + len(by_key) + len(mails)
