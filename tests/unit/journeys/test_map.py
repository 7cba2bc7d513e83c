"""A map is what the code does: every journey that ships, and every shape of code, drawn right or said not to be."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from pathlib import Path

import pytest

from fermata.journeys import JourneyDefinition, Message, NextAction, Trigger
from fermata.journeys.map import JourneyMap, StepKind
from fermata.journeys.map_drawing import draw_map
from fermata.journeys.map_mermaid import to_mermaid
from fermata.journeys.map_svg import to_svg
from fermata.segments import did
from tests.acceptance.world import all_journeys
from workflows.discovery import discover
from workflows.mapping import map_of

JOURNEYS = all_journeys()
SHIPPED = sorted(discover(("workflows",)).classes)
HISTORIES = sorted((Path(__file__).parents[2] / "replay" / "histories").glob("*.json"))
A, B = (Message(key=key, channels=("email",)) for key in ("a", "b"))


def drawn(body: str, methods: str = "", **names: object) -> JourneyMap:
    """The map of a journey whose enrolled block is this."""
    indented = "\n".join(f"            {line}" for line in body.strip("\n").splitlines())
    own = "\n".join(f"    {line}" for line in methods.strip("\n").splitlines())
    text = (
        '"""A journey of a test."""\n\nclass Tried(Journey):\n    async def run(self, entry):\n'
        f"        async with self.enrolled():\n{indented}\n        return self.outcome\n{own}\n"
    )
    definition = JourneyDefinition(trigger=Trigger("Began"), goal="Bought", exit_on=("Left",))
    return draw_map(
        text,
        "Tried",
        journey="tried",
        definition=definition,
        names={"timedelta": timedelta, "A": A, "B": B, **names},
    )


def ways(of: JourneyMap) -> set[tuple[str, str, str | None]]:
    """From what to what, and when, by the labels of the steps."""
    labels = {step.id: step.label for step in of.steps}
    return {(labels[way.source], labels[way.target], way.label) for way in of.ways if not way.at_any_time}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_journey_that_ships_is_read_to_its_last_step(name: str) -> None:
    found = map_of(JOURNEYS, name)
    assert found.unread == ()
    module = __import__(JOURNEYS.classes[name].__module__, fromlist=["*"])
    messages = {value.key for value in vars(module).values() if isinstance(value, Message)}
    assert {key for step in found.steps for key in step.messages} == messages
    assert _reached(found, "start") == {step.id for step in found.steps}
    definition = JOURNEYS.classes[name].definition
    ends = [step.label for step in found.steps if step.kind in (StepKind.GOAL, StepKind.EXIT)]
    assert ends == [
        *([f"Goal: {definition.goal}"] if definition.goal else []),
        *(f"Exit: {event}" for event in definition.exit_on),
    ]


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_what_a_recorded_run_did_is_a_way_through_the_map(path: Path) -> None:
    found = map_of(JOURNEYS, path.stem.partition(".")[0])
    events = json.loads(path.read_text(encoding="utf-8"))["events"]
    asked = [
        event["activityTaskScheduledEventAttributes"]["activityId"]
        for event in events
        if "activityTaskScheduledEventAttributes" in event
    ]
    said = [re.sub(r"(-\d+)?:decide.*", "", each) for each in asked if ":decide" in each]
    here = {"start"}
    for message in [key for index, key in enumerate(said) if index == 0 or said[index - 1] != key]:
        here = {step.id for step in found.steps if message in step.messages and step.id in _next(found, here)}
        assert here, f"{path.stem} sends {message}, which the map does not lead to"


@pytest.mark.parametrize("name", sorted(JOURNEYS.classes))
def test_every_map_can_be_written_in_every_form(name: str) -> None:
    found = map_of(JOURNEYS, name)
    assert JourneyMap.model_validate_json(found.model_dump_json()) == found
    picture = ET.fromstring(to_svg(found, {"start": "<7 & more>"}))  # noqa: S314 - our own
    texts = " ".join(each.text or "" for each in picture.iter("{http://www.w3.org/2000/svg}title"))
    chart = to_mermaid(found, {"start": '"7"'})
    for step in found.steps:
        assert step.label in texts
        assert re.search(rf"^    {'finish' if step.id == 'end' else step.id}\W", chart, re.MULTILINE)
    assert "<7" not in chart


def test_no_two_boxes_of_a_picture_lie_on_each_other() -> None:
    for name in JOURNEYS.classes:
        picture = ET.fromstring(to_svg(map_of(JOURNEYS, name)))  # noqa: S314 - our own
        boxes = [each.attrib for each in picture.iter("{http://www.w3.org/2000/svg}rect") if "rx" in each.attrib]
        places = [(float(box["x"]), float(box["y"]), float(box["width"]), float(box["height"])) for box in boxes]
        for index, (x, y, width, height) in enumerate(places):
            assert x >= 0
            assert x + width <= float(picture.attrib["width"])
            for to_x, to_y, _, _ in places[:index]:
                assert abs(x - to_x) >= width or abs(y - to_y) >= height, name


def test_branches_of_a_gather_are_a_fork_and_a_join() -> None:
    found = map_of(JOURNEYS, "branches")
    kinds = [step.kind for step in found.steps]
    assert kinds.count(StepKind.FORK) == kinds.count(StepKind.JOIN) == 1
    fork, join = (next(step.id for step in found.steps if step.kind is kind) for kind in (StepKind.FORK, StepKind.JOIN))
    assert sum(way.source == fork for way in found.ways) == sum(way.target == join for way in found.ways) == 2


def test_a_loop_leads_back_and_a_break_out_of_it() -> None:
    found = drawn(
        """
while True:
    await self.send(A)
    if not await self.wait_for("X", within=timedelta(days=1)):
        break
"""
    )
    assert ways(found) == {
        ("Began", "Again and again", None),
        ("Again and again", "Send a by email", None),
        ("Send a by email", "Wait for X, at most 1 day", None),
        ("Wait for X, at most 1 day", "Again and again", "X"),
        ("Wait for X, at most 1 day", "Completed", "1 day passed"),
    }
    assert [way.label for way in found.ways if way.back] == ["X"]


def test_a_method_is_drawn_where_it_is_called_with_what_it_is_called_with() -> None:
    found = drawn(
        "await self._say(A)\nawait self._say(B)",
        """
async def _say(self, message):
    await self.send(message)
    if self.x:
        return
    await self.sleep(timedelta(hours=2))
""",
    )
    assert [step.label for step in found.steps][1:7] == [
        "Send a by email", "self.x?", "Wait 2 hours", "Send b by email", "self.x?", "Wait 2 hours",
    ]  # fmt: skip
    assert found.unread == ()


def test_conditions_that_wait_are_drawn_in_the_order_in_which_they_are_asked() -> None:
    found = drawn(
        """
if not await self.wait_for("X", "Y", within=timedelta(days=2)) and await self.is_in(Z):
    await self.send(A)
"""
    )
    assert ("Wait for X or Y, at most 2 days", "Is it so: Z?", "2 days passed") in ways(found)
    assert ("Wait for X or Y, at most 2 days", "Completed", "X or Y") in ways(found)
    assert ("Is it so: Z?", "Send a by email", "yes") in ways(found)


def test_a_choice_of_messages_is_a_branch_and_a_table_of_them_names_all() -> None:
    chosen = drawn("await self.send(A if tone == 'warm' else B)")
    assert ("tone == 'warm'?", "Send b by email", "no") in ways(chosen)
    of_table = drawn("await self.send(WORDS[tone])", WORDS={"warm": A, "brisk": B})
    assert next(step.messages for step in of_table.steps if step.kind is StepKind.SEND) == ("a", "b")


def test_a_child_journey_and_what_is_chosen_next_are_steps() -> None:
    found = drawn(
        """
if await self.child(Gift, within=timedelta(days=5)):
    action = await self.next_best_action(NextAction(key="x", when=did("Viewed"), message=A), *MORE)
    await self.send(action.message)
await self.start(Gift)
""",
        Gift=type("Gift", (), {}),
        NextAction=NextAction,
        did=did,
        MORE=(NextAction(key="y", when=did("Listed"), message=B),),
    )
    assert found.unread == ()
    assert ("Start Gift and wait for its end, at most 5 days", "Choose what comes next: x, y", "it ended") in ways(
        found
    )
    assert ("Choose what comes next: x, y", "Send a or b by email", None) in ways(found)
    assert ("Start Gift", "Completed", None) in ways(found)


def test_tasks_of_a_group_are_branches_and_what_may_fail_has_a_way_to_its_handler() -> None:
    found = drawn(
        """
async with asyncio.TaskGroup() as group:
    group.create_task(self.send(A))
    group.create_task(self.sleep(timedelta(days=1)))
try:
    await self.send(B)
except ValueError:
    await self.tell("Went Wrong")
"""
    )
    assert ("All at once", "Wait 1 day", None) in ways(found)
    assert ("Wait 1 day", "When all have ended", None) in ways(found)
    assert ("Send b by email", "Tell of Went Wrong", "on ValueError") in ways(found)


@pytest.mark.parametrize(
    ("lines", "messages"),
    [
        ("chosen = A\nif late:\n    chosen = B\nawait self.send(chosen)", ("a", "b")),
        ("await self._say(A)", ("a", "b")),
        ("chosen, why = A, 1\nawait self.send(chosen)", ()),
        ("chosen = A\nchosen, why = picked()\nawait self.send(chosen)", ()),
    ],
)
def test_a_message_by_another_name_is_every_one_that_it_may_be(lines: str, messages: tuple[str, ...]) -> None:
    say = "async def _say(self, message):\n    if late:\n        message = B\n    await self.send(message)"
    found = drawn(lines, say)
    assert next(step.messages for step in found.steps if step.kind is StepKind.SEND) == messages
    assert bool(found.unread) == (not messages)


def test_match_and_a_loop_with_else_are_drawn() -> None:
    found = drawn(
        """
        match kind:
            case "new":
                await self.send(A)
            case _:
                await self.send(B)
        for pause in (timedelta(days=1), timedelta(days=7)):
            if await self.wait_for("X", within=pause):
                break
        else:
            await self.tell("Gave Up")
        """.replace("\n        ", "\n")
    )
    assert ("kind?", "Send b by email", "otherwise") in ways(found)
    assert ("For each of: 1 day, 7 days", "Tell of Gave Up", "after the last") in ways(found)
    assert ("Wait for X, at most 1 day or 7 days", "Completed", "X") in ways(found)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("await self.send(picked())", "known only when it runs"),
        ("await elsewhere(self)", "neither a verb nor a method of this file"),
        ("await asyncio.gather(*branches)", "known only when it runs"),
        ("task = self.sleep(timedelta(days=1))", "begun and not awaited"),
        ("[await self.send(m) for m in several]", "inside a comprehension"),
        ("async with asyncio.timeout(5):\n    await self.send(A)", "what it does to the block inside"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(body: str, why: str) -> None:
    found = drawn(body)
    assert [note.line for note in found.unread] == [6]
    assert why in found.unread[0].why


def test_a_method_that_calls_itself_is_drawn_once_and_said() -> None:
    found = drawn("await self._again()", "async def _again(self):\n    await self.send(A)\n    await self._again()")
    assert [step.label for step in found.steps if step.kind is StepKind.SEND] == ["Send a by email"]
    assert "calls itself" in found.unread[0].why


def test_reading_a_map_runs_no_code_of_the_author() -> None:
    def boom() -> Message:
        raise AssertionError("it was called")

    assert "known only when it runs" in drawn("await self.send(boom())", boom=boom).unread[0].why


def test_a_journey_without_end_of_its_own_has_none() -> None:
    found = drawn("while True:\n    await self.sleep(timedelta(days=1))")
    assert "end" not in {step.id for step in found.steps}
    assert {step.id for step in found.steps if step.kind in (StepKind.GOAL, StepKind.EXIT, StepKind.LIMIT)}


def _next(found: JourneyMap, here: set[str]) -> set[str]:
    """The steps that send, which come after some with none that sends between."""
    senders = {step.id for step in found.steps if step.messages}
    met: set[str] = set()
    waiting, seen = list(here), set(here)
    while waiting:
        source = waiting.pop()
        for way in found.ways:
            if way.source == source and way.target not in seen | met:
                if way.target in senders:
                    met.add(way.target)
                else:
                    seen.add(way.target)
                    waiting.append(way.target)
            elif way.source == source and way.target in senders:
                met.add(way.target)
    return met


def _reached(found: JourneyMap, start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        source = waiting.pop()
        new = {way.target for way in found.ways if way.source == source} - seen
        seen |= new
        waiting += new
    return seen
