"""Broadcasts on a real server: to the end, held and cancelled, retried in the middle, and by everybody's own clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from fermata.broadcasts import BroadcastOperation, BroadcastState
from fermata.clock import WorkflowClock
from fermata.database import Pool
from fermata.errors import Conflict
from fermata.events import IncomingEvent, Rejection
from fermata.ingest import Ingest, Receipt
from fermata.segments import count
from tests.acceptance.announced import open_stage, write_people
from workflows.operated import OperatorWord

WHY = OperatorWord(by="grace", why="a wrong price")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten people, and transactions of four."""
    monkeypatch.setattr("fermata.broadcasts.rate.MOST_AT_ONCE", 10)
    monkeypatch.setattr("fermata.ingest.announcing._TOGETHER", 4)
    monkeypatch.setattr("fermata.broadcasts.choosing._PAGE", 50)


async def test_everybody_in_the_segment_enters_once_and_no_history_grows_long(
    fermata_client: Client, pool: Pool
) -> None:
    pros, _ = await write_people(pool, 240), await write_people(pool, 30, plan="free")
    async with open_stage(fermata_client, pool) as stage:
        seen = await stage.desk.preview(stage.launch(holdout=0.25), datetime.now(UTC))
        started = await stage.start(holdout=0.25, why="spring is here")
        record = await stage.wait(started, BroadcastState.DONE)
        histories = await stage.histories(record)
    told, runs, progress = await stage.told(record), await stage.runs(), record.progress
    assert progress.people == seen.people == len(pros) == await count(pool, stage.sale.segment, record.starts_at)
    assert set(told) <= set(pros)
    assert set(told.values()) == {1}
    assert len(told) == 240 - seen.held_out
    assert (progress.entered, progress.held_out) == (runs["active"], seen.held_out + runs["holdout"])
    assert (progress.entered + progress.held_out, progress.left, progress.gone) == (240, 0, 0)
    assert 30 < seen.held_out < 90
    assert await pool.fetchval("SELECT count(*) FROM broadcast_waiting") == 0
    # The test server suggests to go on as new after 40 events; the last page of an execution may come after that.
    assert len(histories) >= 3
    assert max(histories) < 60
    assert [(each.state, each.by, each.why) for each in record.changes] == [
        (BroadcastState.SCHEDULED, "grace", "spring is here"),
        (BroadcastState.DONE, "", ""),
    ]


async def test_it_is_held_goes_on_and_is_cancelled_and_whoever_has_entered_goes_on(
    fermata_client: Client, pool: Pool
) -> None:
    await write_people(pool, 300)
    async with open_stage(fermata_client, pool, cached_runs=0) as stage:
        started = await stage.start(rate="40/s")
        with pytest.raises(Conflict, match="is under way"):
            await stage.start()
        await stage.wait(started, BroadcastState.ENTERING, entered=10)
        await stage.desk.act(started.id, BroadcastOperation.PAUSE, WHY, datetime.now(UTC))
        held = await stage.wait(started, BroadcastState.PAUSED)
        described = await fermata_client.get_workflow_handle(started.workflow_id).describe()
        assert not described.raw_description.pending_activities  # nobody is at it
        await stage.desk.act(started.id, BroadcastOperation.RESUME, WHY, datetime.now(UTC))
        more = await stage.wait(started, BroadcastState.ENTERING, entered=held.progress.entered + 10)
        said = await stage.desk.act(started.id, BroadcastOperation.CANCEL, WHY, datetime.now(UTC))
        over = await stage.wait(started, BroadcastState.CANCELLED)
        with pytest.raises(Conflict, match="the broadcast is over: cancelled"):
            await stage.desk.act(started.id, BroadcastOperation.RESUME, WHY, datetime.now(UTC))
    told, progress = await stage.told(over), over.progress
    assert said == "Cancelled by grace: a wrong price"
    assert [each.state for each in over.changes] == ["scheduled", "paused", "entering", "cancelled"]
    assert more.progress.entered <= progress.entered < 300
    assert (progress.people, progress.left, progress.refused["cancelled"]) == (300, 0, 300 - len(told))
    assert set(told.values()) == {1}
    assert (await stage.runs())["active"] == progress.entered


class _Breaking(Ingest):
    """Breaks each time after a few transactions, once it has committed: as a worker that dies before it can say so."""

    accepted = 0

    async def accept(
        self, events: Sequence[IncomingEvent], rejections: Sequence[Rejection], now: datetime, **rest: Any
    ) -> Receipt:
        receipt = await super().accept(events, rejections, now, **rest)
        _Breaking.accepted += 1
        if _Breaking.accepted % 7 == 2:
            raise RuntimeError("killed, after the commit")
        return receipt


async def test_a_page_that_is_tried_again_in_the_middle_enters_nobody_twice_and_leaves_nobody_out(
    fermata_client: Client, pool: Pool
) -> None:
    people = await write_people(pool, 60)
    nameless = people[0]
    await pool.execute("DELETE FROM identities WHERE profile_id = $1", nameless)
    async with open_stage(fermata_client, pool, door=_Breaking) as stage:
        record = await stage.wait(await stage.start(), BroadcastState.DONE)
    told = await stage.told(record)
    assert set(told) == set(people) - {nameless}
    assert set(told.values()) == {1}
    assert _Breaking.accepted > 60 / 4
    assert record.progress.refused == {"no_name": 1}
    assert record.progress.entered + record.progress.held_out == 59


async def test_each_person_enters_when_it_is_that_time_on_their_own_clock(fermata_client: Client, pool: Pool) -> None:
    zones = ("Asia/Tokyo", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
    for zone in zones:
        await write_people(pool, 4, time_zone=zone)
    (nowhere,) = await write_people(pool, 1, time_zone=None)
    await pool.execute("UPDATE profiles SET country = 'US' WHERE id = $1", nowhere)
    skipper = TimeSkipper(fermata_client, config=TimeSkippingConfig(max_session_skip_count=10_000))
    async with open_stage(skipper.client, pool, clock=WorkflowClock()) as stage:
        with skipper.with_time_skipping_disabled():
            started = await stage.start(local_time="10:00")
            await stage.wait(started, BroadcastState.ENTERING)
        handle = fermata_client.get_workflow_handle(started.workflow_id, first_execution_run_id=str(started.id))
        await skipper.fast_forward(handle, timedelta(hours=27))
        record = await stage.wait(started, BroadcastState.DONE)
    rows = await pool.fetch(
        "SELECT p.id, p.time_zone, e.occurred_at FROM events e JOIN profiles p ON p.id = e.profile_id"
    )
    assert (len(rows), record.progress.left) == (21, 0)
    for row in rows:
        # Of an American of whom nothing else is known it is ten o'clock everywhere in America: in Hawaii last.
        at = row["occurred_at"].astimezone(ZoneInfo(row["time_zone"] or "Pacific/Honolulu"))
        late = at - at.replace(hour=10, minute=0, second=0, microsecond=0)
        assert (timedelta(0) <= late < timedelta(minutes=1)) or row["time_zone"] is None, (row, late)
