"""What templates of the console say values with: instants, codes, numbers, each in one way on every page."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from markupsafe import Markup, escape

from api.console.charts import bar, interval, scale, shade, stacked
from api.console.column_chart import column_chart
from api.console.line_chart import line_chart
from fermata.vocabulary import Channel, Reason
from fermata.wording import channel_in_words, reason_in_words, span

_TONES = {
    "send": "go",
    "defer": "hold",
    "drop": "stop",
    "active": "go",
    "converted": "go",
    "completed": "plain",
    "exited": "plain",
    "timed_out": "hold",
    "failed": "stop",
    "terminated": "stop",
    "holdout": "plain",
    "well": "go",
    "out": "stop",
    "being_tried": "hold",
    "held": "hold",
    "granted": "go",
    "revoked": "stop",
    "sent": "go",
    "delivered": "go",
    "bounced": "stop",
    "complained": "stop",
    "done": "go",
    "refused": "stop",
    "begun": "hold",
    "finished": "go",
}
_SIGNS = {"go": "●", "hold": "◐", "stop": "■", "plain": "○"}
"""A shape for each tone: no colour says anything alone."""

_VERSION_SHOWN = len("sha256:") + 8
_LARGEST = 600  # characters of JSON in a table


def moment(value: datetime | None) -> Markup:
    """An instant in UTC, which the page's script turns into the viewer's own time, UTC beside it."""
    if value is None:
        return Markup('<span class="quiet">—</span>')
    at = value.astimezone(UTC)
    words = f"{at.day} {at:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), words)


def badge(value: object) -> Markup:
    """A state or an action as a word with its shape and colour."""
    code = str(value)
    tone = _TONES.get(code, "plain")
    return Markup('<span class="badge {}"><span aria-hidden="true">{}</span> {}</span>').format(
        tone, _SIGNS[tone], spaced(code)
    )


def tone(value: object) -> str:
    """The colour of a state or an action, by name."""
    return _TONES.get(str(value), "plain")


def reason(value: object) -> str:
    """A reason's code as people say it."""
    return reason_in_words(Reason(str(value))) if str(value) in set(Reason) else spaced(value)


def channel(value: object) -> str:
    """A channel as people write it; a dash for none."""
    if value is None:
        return "—"
    return channel_in_words(Channel(str(value))) if str(value) in set(Channel) else spaced(value)


def spaced(value: object) -> str:
    """A code with spaces in the place of its underscores."""
    return str(value).replace("_", " ")


def named(value: object) -> str:
    """A code as a heading says it: with spaces, and a capital letter first."""
    return _capital(spaced(value))


def sentence(value: object) -> str:
    """Words as a sentence: with a capital letter first, and a full stop."""
    text = _capital(str(value))
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def count(value: float) -> str:
    """A number with its thousands apart."""
    return f"{value:,}"


def percent(value: float, places: int = 1) -> str:
    """A share, as per cent."""
    return f"{value * 100:.{places}f} %"


def share_of(part: int, whole: int) -> str:
    """A part of a whole, as per cent."""
    return f"{part / whole:.0%}".replace("%", " %")


def points(value: float) -> str:
    """A difference of shares, in points, with its sign."""
    return f"{value * 100:+.2f}"


def signed(value: float) -> str:
    """A difference of sums, with its sign."""
    return f"{value:+,.2f}"


def signed_percent(value: float) -> str:
    """A relative difference, as per cent with its sign."""
    return f"{value * 100:+.1f} %"


def chance(value: float) -> str:
    """A p-value, as short as it says something."""
    return "below 0.001" if value < 0.001 else f"{value:.3f}"


def version(value: object) -> str:
    """The beginning of a policy's hash, as long as people need it."""
    return str(value)[:_VERSION_SHOWN].removeprefix("sha256:")


def short(value: object) -> Markup:
    """An id by its end, the whole of it to be read on pointing: of ids made one after another the ends differ."""
    return Markup('<code class="id" title="{}">…{}</code>').format(str(value), str(value)[-8:])


def told(value: object) -> str:
    """JSON on one line, shortened where it is long."""
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return text if len(text) <= _LARGEST else f"{text[:_LARGEST]} …"


def lines(value: object) -> Markup:
    """A text of several lines, each on its own."""
    return Markup("<br>").join(escape(line) for line in str(value).splitlines())


def scale_of_points(least: float, most: float) -> Markup:
    """The axis of differences of shares."""
    return scale(least, most, points)


def scale_of_percents(least: float, most: float) -> Markup:
    """The axis of shares."""
    return scale(least, most, lambda value: percent(value, 0 if most >= 0.1 else 1))


def scale_of_ratios(least: float, most: float) -> Markup:
    """The axis of ratios."""
    return scale(least, most, lambda value: f"{value:.1f}")


def stacked_states(value: Sequence[Mapping[str, Any]]) -> Markup:
    """How runs stand, as one bar: of each state its share."""
    return stacked([(each["share"], tone(each["state"])) for each in value])


def duration(value: timedelta) -> str:
    """A duration in its two largest units."""
    return span(value)


def after(value: float | None) -> str:
    """A number of seconds in its two largest units; a dash for none."""
    return span(timedelta(seconds=value)) if value is not None else "—"


def brief(value: timedelta) -> str:
    """A duration that may be less than a second."""
    seconds = value.total_seconds()
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s" if seconds < 60 else span(value)


FILTERS: Mapping[str, Callable[..., object]] = {
    "moment": moment,
    "badge": badge,
    "tone": tone,
    "reason": reason,
    "channel": channel,
    "spaced": spaced,
    "named": named,
    "sentence": sentence,
    "count": count,
    "percent": percent,
    "points": points,
    "signed": signed,
    "signed_percent": signed_percent,
    "chance": chance,
    "version": version,
    "short": short,
    "told": told,
    "lines": lines,
    "duration": duration,
    "after": after,
    "brief": brief,
    "bar": bar,
    "column_chart": column_chart,
    "interval": interval,
    "line_chart": line_chart,
    "scale_of_percents": scale_of_percents,
    "scale_of_points": scale_of_points,
    "scale_of_ratios": scale_of_ratios,
    "shade": shade,
    "share_of": share_of,
    "stacked": stacked_states,
}
