"""A fixed observation, of the kind that a demo ends with."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from cli.demo.observation import (
    CapCheck,
    EventCounts,
    Held,
    Moment,
    Observation,
    Places,
    RunCounts,
    Story,
)
from fermata.vocabulary import Action, Channel, Reason

NOW = datetime(2026, 11, 24, 20, 30, 41, tzinfo=UTC)
PROFILE = UUID("0190f3c2-7b1e-7c55-8a64-3d1f0b2c9e77")
WORKFLOW = f"cart_recovery/{PROFILE}"


def held(hours: float, zone: str | None, message: str, channel: Channel, reason: Reason) -> Held:
    until = None if reason is Reason.NO_ACTIVE_SESSION else NOW + timedelta(hours=hours)
    return Held(
        profile_id=PROFILE,
        workflow_id=WORKFLOW,
        message=message,
        channel=channel,
        reason=reason,
        until=until,
        time_zone=zone,
    )


def moment(second: float, kind: str, what: str, detail: str | None = None, **more: object) -> Moment:
    at = NOW - timedelta(seconds=30) + timedelta(seconds=second)
    return Moment.model_validate({"at": at, "kind": kind, "what": what, "detail": detail, **more})


@pytest.fixture
def observation() -> Observation:
    """What a demo might have seen on an evening in Europe."""
    until = NOW.replace(hour=6, minute=0, second=0) + timedelta(days=1)
    return Observation(
        at=NOW,
        events=EventCounts(accepted=2223, duplicates=83, rejected=45),
        runs=RunCounts(started=132, active=47, completed=48, converted=30, exited=7, holdout=14),
        decisions={
            Action.SEND: {Reason.ELIGIBLE: 61},
            Action.DEFER: {Reason.OUTSIDE_WINDOW: 43, Reason.QUIET_HOURS: 8, Reason.DO_NOT_DISTURB_UNTIL: 2},
            Action.DROP: {Reason.CONSENT_REVOKED: 11, Reason.MISSING_ADDRESS: 6, Reason.DO_NOT_DISTURB: 3},
        },
        messages={
            Channel.EMAIL: 31,
            Channel.SMS: 6,
            Channel.PUSH: 24,
            Channel.IN_APP: 0,
            Channel.ADS: 0,
            Channel.INBOX: 2,
            Channel.BADGE: 0,
        },
        taken_back=0,
        held=(
            held(0.5, "Asia/Kolkata", "cart_reminder", Channel.EMAIL, Reason.QUIET_HOURS),
            *(held(8.99, "Europe/Paris", "cart_reminder", Channel.PUSH, Reason.OUTSIDE_WINDOW) for _ in range(4)),
            held(12.48, "Europe/Paris", "cart_reminder", Channel.EMAIL, Reason.OUTSIDE_WINDOW),
            held(12.48, "America/Argentina/Buenos_Aires", "cart_discount", Channel.EMAIL, Reason.CROSS_CHANNEL_CAPPED),
            held(61, None, "cart_discount", Channel.EMAIL, Reason.DO_NOT_DISTURB_UNTIL),
            held(0, "Asia/Tokyo", "cart_discount", Channel.IN_APP, Reason.NO_ACTIVE_SESSION),
            *(held(13 + n, "Pacific/Auckland", "cart_reminder", Channel.EMAIL, Reason.HOLIDAY) for n in range(9)),
        ),
        profiles=250,
        without_address=14,
        without_time_zone=0,
        story=Story(
            profile_id=PROFILE,
            user_id="shopper-0015",
            name="Chloé D'Aubigné",
            time_zone="Europe/Paris",
            workflow_id=WORKFLOW,
            moments=(
                moment(1, "event", "Identified"),
                moment(1, "event", "Product List Viewed"),
                moment(1, "event", "Product Viewed", "Ostinato hydration vest, 8 l", times=5),
                moment(1, "event", "Product Added", "Sforzando storm jacket"),
                moment(1.2, "enrolled", "cart_recovery"),
                moment(2.4, "decision", "cart_reminder", "eligible", action=Action.SEND, channel=Channel.PUSH),
                moment(2.5, "message", "cart_reminder", channel=Channel.PUSH),
                moment(9, "event", "Product Viewed", "Sforzando storm jacket"),
                moment(
                    9.3,
                    "decision",
                    "cart_discount",
                    "outside_window",
                    action=Action.DEFER,
                    channel=Channel.EMAIL,
                    until=until,
                ),
                moment(11, "event", "Order Completed"),
                moment(11.1, "ended", "converted", "Order Completed"),
            ),
        ),
        caps=CapCheck(exposures=63, people=58, violations=()),
        emails_in_ledger=31,
        smtp_received=31,
    )


@pytest.fixture
def places() -> Places:
    """Where to look further."""
    ui = "http://127.0.0.1:8233"
    return Places(
        api="http://127.0.0.1:8000",
        temporal_ui=ui,
        run=f"{ui}/namespaces/default/workflows/cart_recovery%2F{PROFILE}",
    )
