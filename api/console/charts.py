"""Charts that stand in the rows of their tables: bars, and figures with their intervals, as SVG made here."""

from markupsafe import Markup

_WIDTH = 100


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
        '<line class="axis" x1="{0:.2f}" x2="{0:.2f}" y1="0" y2="20"/>'
        '<line class="whisker" x1="{1:.2f}" x2="{2:.2f}" y1="10" y2="10"/>'
        '<rect class="dot" x="{3:.2f}" y="4" width="1.2" height="12"/></svg>'
    ).format(place(nothing), place(low), place(high), place(value) - 0.6)
