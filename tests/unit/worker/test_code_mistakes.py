"""Every mistake in a journey's file is told at import or worker start, with file, line and mend: one line each."""

import re
import textwrap
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from fermata.channels import Templates
from fermata.errors import DefinitionError
from fermata.policy import default_policy
from worker.journey_checks import check_journeys
from workflows.discovery import Journeys, discover

SHIPPED = discover(("workflows.cart_recovery",))
FILE = '''"""A journey."""

from datetime import timedelta
{imports}
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, NextAction, Outcome, Trigger
    from fermata.segments import days, did
    from workflows.journey import Entry, Journey

HELLO = Message(key="cart_reminder", channels=("push", "email"))
BACK = ("Product Viewed", "Singed In")
{top}

@workflow.defn(name="careless")
class Careless(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Added"), goal="Order Completed", listens_to=("Signed In",){definition}
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            {body}
        return self.outcome
'''
_numbers = count()


@dataclass(frozen=True)
class Mistake:
    """What is written, and what is told of it.

    Args:
        told: As a regular expression.
        body, top, imports, definition: What is written there.
        line: The text of the line that is named.
    """

    told: str
    body: str = "await self.send(HELLO)"
    top: str = ""
    imports: str = ""
    definition: str = ""
    line: str = ""


CODE = {
    "a misspelt event": Mistake(
        r"waits for 'Singed In', which the definition does not list \(did you mean 'Signed In'\?\); add it to listens",
        body='await self.wait_for("Singed In", within=timedelta(days=1))',
    ),
    "a misspelt event in a constant": Mistake(
        r"waits for 'Singed In'", body="await self.wait_for(*BACK, within=timedelta(days=1))"
    ),
    "an event that a segment turns on": Mistake(
        r"wait_until turns on 'Product Viewed', which the definition does not list",
        body='await self.wait_until(did("Product Viewed", times=3), within=timedelta(days=1))',
    ),
    "a weight of zero": Mistake(
        r"the variant 'plain' has the weight 0, so nobody is shown it",
        body='await self.variant("tone", {"plain": 0, "warm": 1})',
    ),
    "no variants": Mistake(r"nothing to draw from", body='await self.variant("tone", {})'),
    "a verb that is not awaited": Mistake(r"self.send\(…\) is not awaited", body="self.send(HELLO)"),
    "no time of the day": Mistake(r"'25:00' is no time of the day", body='await self.sleep_until("25:00")'),
    "no weekday": Mistake(r"'moonday' is no weekday", body='await self.sleep_until("09:00", weekday="moonday")'),
    "a message that is no hand-off": Mistake(
        r"hand_off of 'cart_reminder', which goes by push, email", body="await self.hand_off(HELLO)"
    ),
    "a clock of its own": Mistake(
        r"calls datetime.now\(…\), which a run cannot do; write workflow.now\(\)",
        imports="from datetime import datetime",
        body="datetime.now()",
    ),
    "a sleep that nothing wakes": Mistake(
        r"calls asyncio.sleep.*write self.sleep", imports="import asyncio", body="await asyncio.sleep(60)"
    ),
    "a random module": Mistake(
        r"imports random, which answers otherwise on replay; draw with workflow.random\(\)",
        imports="import random",
        line="import random",
    ),
    "a client of HTTP": Mistake(
        r"imports httpx.*; do that in an activity", imports="from httpx import get", line="from httpx import get"
    ),
    "the database": Mistake(
        r"imports fermata.ledger.*a journey asks by its verbs alone",
        imports="from fermata.ledger import close_run",
        line="from fermata.ledger import close_run",
    ),
    "a child that is told falsely": Mistake(
        r"starts CartRecovery by 'Product Added', which tells what a person did",
        imports="from workflows.cart_recovery import CartRecovery",
        body="await self.start(CartRecovery)",
    ),
    "two actions of one key": Mistake(
        r"two next best actions have the key 'guide'",
        top="""
ONE = NextAction(key="guide", when=did("Signed In"), message=HELLO)
TWO = NextAction(key="guide", when=did("Order Completed"), message=HELLO)
""",
        line='TWO = NextAction(key="guide", when=did("Order Completed"), message=HELLO)',
    ),
    "a message without words": Mistake(
        r"message 'never_written' has no template .*never_written/email.subject.liquid; write it",
        top='LOST = Message(key="never_written", channels=("email",))',
        line='LOST = Message(key="never_written", channels=("email",))',
    ),
}

IMPORT = {
    "an unknown channel": Mistake(
        r"Message: channels.0: .*not 'fax'", top='FAX = Message(key="hello", channels=("fax",))'
    ),
    "an unknown field of time": Mistake(r"days\(-1\)", top="NEVER = did('Signed In', within=days(-1))"),
    "a trigger that ends it": Mistake(
        r"'Product Added' starts this journey and ends it", definition=', exit_on=("Product Added",)'
    ),
    "an ignored trigger that is listened to": Mistake(
        r"while_active='ignore' keeps it from the run",
        definition=', while_active="ignore"',
    ),
    "a module that is not there": Mistake(
        r"imports no_such_module, which is not there", imports="import no_such_module"
    ),
    "a name that is not there": Mistake(r"NameError: name 'Mesage' is not defined", top="HI = Mesage()"),
    "a bracket too few": Mistake(r"was never closed", top="HI = (1"),
}


def written(mistake: Mistake, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The journey's file, in a module of its own."""
    text = FILE.format(
        imports=mistake.imports, top=mistake.top, body=textwrap.dedent(mistake.body), definition=mistake.definition
    )
    if "while_active" in mistake.definition:
        text = text.replace('listens_to=("Signed In",)', 'listens_to=("Product Added",)')
    path = folder / f"careless_{next(_numbers)}.py"
    path.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    return path


@pytest.mark.parametrize("mistake", CODE.values(), ids=CODE.keys())
def test_a_mistake_in_the_code_is_told_when_the_worker_starts(
    mistake: Mistake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(mistake, tmp_path, monkeypatch)
    found = discover((path.stem,))
    with pytest.raises(DefinitionError) as caught:
        check_journeys(Journeys(found.classes), Templates(SHIPPED.template_roots), default_policy())
    named = mistake.line or mistake.body
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if text.strip() == named.strip())
    told = [each for each in str(caught.value).splitlines() if re.search(mistake.told, each)]
    assert told, str(caught.value)
    assert told[0].startswith(f"{path}:{line}: ")


@pytest.mark.parametrize("mistake", IMPORT.values(), ids=IMPORT.keys())
def test_a_mistake_that_shows_at_import_is_told_with_file_and_line(
    mistake: Mistake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(mistake, tmp_path, monkeypatch)
    with pytest.raises(DefinitionError) as caught:
        discover((path.stem,))
    assert re.match(rf"{re.escape(str(path))}:\d+: .*{mistake.told}", str(caught.value)), str(caught.value)


def test_a_run_that_is_never_enrolled_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(Mistake(""), tmp_path, monkeypatch)
    path.write_text(path.read_text().replace("async with self.enrolled():", "if entry:"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"run is never enrolled; put it inside `async with self.enrolled\(\):`"):
        check_journeys(discover((path.stem,)), Templates(SHIPPED.template_roots), default_policy())


def test_what_stands_there_for_a_type_checker_alone_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import httpx"
    path = written(Mistake("", imports=only_typed), tmp_path, monkeypatch)
    check_journeys(discover((path.stem,)), Templates(SHIPPED.template_roots), default_policy())
