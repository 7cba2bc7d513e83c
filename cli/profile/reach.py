"""How a person can be reached, what waits for them, and how often they were reached lately."""

from collections.abc import Iterator

from rich.text import Text

from cli.profile.wall_clock import clock_of
from fermata.view import ProfileView
from fermata.vocabulary import Channel, Consent
from fermata.wording import channel_in_words, reason_in_words, until

_STYLES = {Consent.GRANTED: "green", Consent.REVOKED: "red"}
_WORDS = {Consent.GRANTED: "yes", Consent.REVOKED: "no"}


def reach(view: ProfileView) -> Iterator[tuple[str | Text, ...]]:
    """Yields each channel with the person's address there, what they agreed to, and whether it must not be used."""
    addresses = {each.channel: each.address for each in view.addresses}
    suppressed = {each.channel: each for each in view.suppressions}
    said = {each.channel for each in view.consent.now}
    for channel in (channel for channel in Channel if channel in addresses or channel in said):
        line = Text(" · ").join(_consent(view, channel)) or Text("nothing said", "dim")
        if channel in suppressed:
            found = suppressed[channel]
            line.append(f" · must not be used since {found.since:%Y-%m-%d}: {found.reason}", "red")
        yield channel_in_words(channel), addresses.get(channel, Text("no address", "dim")), line


def _consent(view: ProfileView, channel: Channel) -> Iterator[Text]:
    for each in view.consent.now:
        if each.channel is channel:
            since = f" since {each.stated_at:%Y-%m-%d}" if each.stated_at is not None else ""
            yield Text.assemble(f"{each.purpose} ", (_WORDS[each.status], _STYLES[each.status]), since)


def waiting(view: ProfileView) -> Iterator[tuple[str | Text, ...]]:
    """Yields the messages that are held, with the end of their hold on the person's clock."""
    for held in view.waiting:
        if held.next_eligible_at is None:
            end = "until their next visit"
        elif held.next_eligible_at <= view.as_of:
            end = "due now"
        else:
            end = f"until {until(held.next_eligible_at, view.place.time_zone, view.as_of)}"
        by = f"{held.message} by {channel_in_words(held.channel)}"
        yield by, Text(end, "yellow"), f"{reason_in_words(held.reason)} ({held.journey}, priority {held.priority})"


def reached(view: ProfileView) -> Iterator[tuple[str | Text, ...]]:
    """Yields how often each channel reached the person."""
    for each in view.exposures:
        counts = f"{each.last_24_hours} in 24 hours, {each.last_7_days} in seven days"
        latest = clock_of(view).at(each.latest_at)
        yield channel_in_words(each.channel), each.purpose.value, f"{counts}, the latest {latest}"
