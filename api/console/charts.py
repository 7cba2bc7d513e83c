"""Charts that stand in the rows of their tables: bars, figures with their intervals, shaded cells; made here."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

_WIDTH = 100
_SHADES = 8


def bar(value: float, most: float, tone: str = "mark") -> Markup:
    """A bar as long as its share of the longest. The number stands beside it in the table, so it is not read out.

    Args:
        value: Its length.
        most: That of the longest.
        tone: The name of its colour.
    """
    length = max(_WIDTH * value / most, 0.6) if most > 0 and value > 0 else 0
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="10"/><rect class="{}" width="{:.2f}" height="10"/></svg>'
    ).format(tone, length)


def stacked(parts: Sequence[tuple[float, str]]) -> Markup:
    """Parts of one whole, side by side in a bar. The words and numbers stand below it, so it is not read out.

    Args:
        parts: Each with its share, and the name of its colour.
    """
    rects, at = [], 0.0
    for share, tone in parts:
        rects.append(Markup('<rect class="{}" x="{:.2f}" width="{:.2f}" height="10"/>').format(tone, at, share * 100))
        at += share * 100
    return Markup(
        '<svg class="bar stacked" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(Markup("").join(rects))


def interval(low: float, value: float, high: float, least: float, most: float, nothing: float = 0.0) -> Markup:
    """A figure as a mark, its interval as a line, and an upright where there is no effect.

    Args:
        low, value, high: The figure and its interval.
        least, most: The ends of the scale, which all rows of a table share.
        nothing: Where the upright stands: 0 for a difference, 1 for a ratio.
    """
    wide = (most - least) or 1.0

    def place(figure: float) -> float:
        return min(max(_WIDTH * (figure - least) / wide, 0.0), float(_WIDTH))

    return Markup(
        '<svg class="interval" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="grid" x1="0" x2="0" y1="0" y2="20"/><line class="grid" x1="50" x2="50" y1="0" y2="20"/>'
        '<line class="grid" x1="100" x2="100" y1="0" y2="20"/>'
        '<line class="axis" x1="{0:.2f}" x2="{0:.2f}" y1="0" y2="20"/>'
        '<line class="whisker" x1="{1:.2f}" x2="{2:.2f}" y1="10" y2="10"/>'
        '<rect class="dot" x="{3:.2f}" y="4" width="1.2" height="12"/></svg>'
    ).format(place(nothing), place(low), place(high), place(value) - 0.6)


def scale(least: float, most: float, words: Callable[[float], str]) -> Markup:
    """The axis of a column of intervals: its ends and its middle, in words.

    Args:
        least, most: The ends, which all rows of a table share.
        words: Says a figure.
    """
    if least == most:
        return Markup("")
    marks = (Markup("<span>{}</span>").format(words(each)) for each in (least, (least + most) / 2, most))
    return Markup('<span class="scale" aria-hidden="true">{}</span>').format(Markup("").join(marks))


def shade(value: float, most: float) -> str:
    """The class of a cell that is shaded by its figure, as a map of heat is.

    Args:
        value: Of the cell.
        most: The largest of the table.
    """
    return f"shade{round(_SHADES * value / most) if most > 0 else 0}"
