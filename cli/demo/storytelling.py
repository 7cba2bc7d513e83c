"""One person's way through a journey, told as a story: what they did, what was decided, what reached them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from cli.demo.observation import Moment, Story
from fermata.vocabulary import Action, Reason
from fermata.wording import channel_in_words, reason_in_words, until

_DEEDS = {
    "Identified": ("says who they are", None),
    "Product List Viewed": ("browses", None),
    "Product Viewed": ("looks at a product", "looks at {}"),
    "Product Added": ("puts a product into the cart", "puts {} into the cart"),
    "Checkout Started": ("goes to the checkout", None),
    "Order Completed": ("buys", "buys, for {}"),
    "Cart Cleared": ("empties the cart", None),
}
"""Without and with what the event was about."""
_ENDS = {
    "converted": "The run ends at its goal: {}.",
    "completed": "The run comes to its last line.",
    "exited": "The run ends early: {}.",
    "timed_out": "The run has lasted as long as it may.",
    "failed": "The run fails: {}.",
}
_MARKS = {
    "enrolled": ("●", "cyan"),
    "ended": ("●", "cyan"),
    "message": ("→", "green"),
    Action.SEND: ("✓", "green"),
    Action.DEFER: ("‖", "yellow"),
    Action.DROP: ("✗", "red"),
}


def title(story: Story) -> str:
    """Whose story it is, and on whose clock it is told."""
    who = story.name or story.user_id or f"profile {story.profile_id}"
    return f"{who}, on the clock of {story.time_zone or 'UTC, as their time zone is not known'}"


def tell(story: Story, now: datetime) -> Table:
    """The story as a table of three columns: the time on the person's clock, a mark, and what happened.

    Args:
        story: Whose story.
        now: The present, aware.
    """
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    zone = ZoneInfo(story.time_zone or "UTC")
    shown_before = ""
    for moment in story.moments:
        clock = f"{moment.at.astimezone(zone):%H:%M:%S}"
        mark, style = _MARKS.get(moment.action or moment.kind, ("·", "dim"))
        table.add_row("" if clock == shown_before else clock, Text(mark, style), _sentence(moment, story, now))
        shown_before = clock
    return table


def _sentence(moment: Moment, story: Story, now: datetime) -> Text:
    if moment.kind == "event":
        return Text(_deed(moment), style="dim" if moment.what == "Product List Viewed" else "")
    if moment.kind == "enrolled":
        return Text.assemble("The journey ", (moment.what, "bold"), " begins.")
    if moment.kind == "ended":
        end = _ENDS.get(moment.what, f"The run ends, {moment.what}: {{}}.")
        return Text(end.format(moment.detail or "no reason recorded"))
    return _about_a_message(moment, story, now)


def _deed(moment: Moment) -> str:
    without, with_detail = _DEEDS.get(moment.what, (f"does “{moment.what}”", None))
    if moment.times == 1:
        return with_detail.format(moment.detail) if with_detail and moment.detail else without
    if with_detail is None:
        return f"{without}, {moment.times} times"
    last = f", {moment.detail} the last" if moment.detail else ""
    return with_detail.format(f"{moment.times} products{last}")


def _about_a_message(moment: Moment, story: Story, now: datetime) -> Text:
    by = f" by {channel_in_words(moment.channel)}" if moment.channel is not None else ""
    if moment.kind == "message":
        return Text.assemble((moment.what, "bold"), f" goes out{by}.")
    why = reason_in_words(Reason(moment.detail)) if moment.detail else "no reason recorded"
    if moment.action is Action.DEFER:
        end = (
            f"until {until(moment.until, story.time_zone, now, name=False)}" if moment.until else "until the next visit"
        )
        return Text.assemble((moment.what, "bold"), f"{by} is held {end}: {why}.")
    if moment.action is Action.DROP:
        return Text.assemble((moment.what, "bold"), f" is not sent: {why}.")
    return Text.assemble((moment.what, "bold"), f" may go{by}: {why}.")
