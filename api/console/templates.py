"""Where templates of pages are found, and what they may say values with: everything they print is escaped."""

from functools import cache
from pathlib import Path

from liquid import CachingFileSystemLoader, Environment, StrictUndefined

from api.console.filters import FILTERS

_PAGES = Path(__file__).with_name("pages")


@cache
def templates(*own: Path) -> Environment:
    """The templates of the console, as another room prints them.

    Args:
        own: Folders of templates that stand before the console's: one of the same name takes its place.
    """
    loader = CachingFileSystemLoader([*own, _PAGES], ext=".html", auto_reload=False)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    del environment.filters["safe"]  # it would let HTML from an event through
    environment.filters.update(FILTERS)
    return environment
