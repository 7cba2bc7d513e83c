"""What is known of a person themselves, in words: names, place, wishes, traits and journeys."""

from collections.abc import Iterator
from itertools import groupby

import orjson
from rich.text import Text

from cli.profile.wall_clock import clock_of
from fermata.profiles import IdentityKind
from fermata.view import ProfileView
from fermata.view.runs import Run
from fermata.wording import channel_in_words, counted

_PAST_SHOWN = 5
_HASHED = {IdentityKind.EMAIL, IdentityKind.PHONE}
"""Names that are a SHA-256, of which the beginning is enough for people."""
_SOURCES = {"profile": "they said so", "device": "by their device", "phone": "by their number", "country": "by country"}


def known_as(view: ProfileView) -> Iterator[tuple[str, str]]:
    """Yields the person's names, a line for each kind."""
    for kind, names in groupby(view.identities, key=lambda name: name.kind):
        hashed = kind in _HASHED
        shown = (f"sha256 {name.value[:12]}…" if hashed else name.value for name in names)
        yield kind.value.replace("_", " "), ", ".join(shown)


def where(view: ProfileView) -> Iterator[tuple[str, str]]:
    """Yields place and clock."""
    place = view.place
    if place.time_zone is not None and place.local_time is not None:
        others = f", or one of {place.time_zones - 1} others" if place.time_zones > 1 else ""
        source = _SOURCES.get(place.time_zone_source, place.time_zone_source)
        yield "time zone", f"{place.time_zone}{others}, {source}; there it is {place.local_time:%A %H:%M}"
    else:
        yield "time zone", "not known"
    if place.country is not None:
        region = "-".join(part for part in (place.country, place.subdivision) if part)
        yield "country", f"{region}, by their {place.country_source}"
    else:
        yield "country", "not known"
    if place.locale is not None:
        yield "locale", place.locale
    if view.session is not None:
        seen = clock_of(view).at(view.session.seen_at)
        yield "visit", f"going on, last seen {seen}" if view.session.active else f"last seen {seen}"


def preferences(view: ProfileView) -> Iterator[tuple[str, str]]:
    """Yields what the person asked for."""
    asked = view.preferences
    if asked.quiet_hours is not None:
        yield "quiet hours", f"{asked.quiet_hours.start}-{asked.quiet_hours.end}"
    if asked.do_not_disturb:
        yield "silence", "with no end"
    elif asked.do_not_disturb_until is not None and asked.do_not_disturb_until > view.as_of:
        yield "silence", f"until {clock_of(view).at(asked.do_not_disturb_until)}"
    if asked.preferred_channels:
        yield "best by", ", then ".join(channel_in_words(channel) for channel in asked.preferred_channels)
    for wanted, heading in ((True, "to hear of"), (False, "not to hear of")):
        topics = [topic for topic, wish in sorted(asked.topics.items()) if wish is wanted]
        if topics:
            yield heading, ", ".join(topics)


def traits(view: ProfileView) -> Iterator[tuple[str, str]]:
    """Yields what was stated of the person beside all that."""
    for name, value in sorted(view.traits.items()):
        yield name, value if isinstance(value, str) else orjson.dumps(value).decode()


def journeys(view: ProfileView) -> Iterator[tuple[str | Text, ...]]:
    """Yields the runs that go on, and the latest to end."""
    clock = clock_of(view)
    for run in view.runs.active:
        yield _name(run), Text(run.state, "green"), f"since {clock.at(run.started_at)}, by {run.trigger or 'an event'}"
    for run in view.runs.past[:_PAST_SHOWN]:
        ended = clock.at(run.ended_at or run.started_at)
        yield _name(run), Text(run.state.replace("_", " "), "dim"), ended + (f": {run.reason}" if run.reason else "")
    more = len(view.runs.past) - _PAST_SHOWN
    if more > 0:
        yield "", "", Text(f"and {counted(more, 'earlier run')}", "dim")
    for draw in view.holdouts:
        if draw.held_out:
            yield draw.journey or "all journeys", Text("held out", "yellow"), f"since {draw.drawn_at:%Y-%m-%d}"


def _name(run: Run) -> str:
    return f"{run.journey}/{run.key}" if run.key else run.journey
