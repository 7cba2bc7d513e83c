"""Finds the broadcasts of a deployment: every ``Broadcast`` that a module of its journeys' packages holds by a name."""

from collections.abc import Iterable
from types import MappingProxyType

from fermata.broadcasts import Broadcast, Declared
from fermata.errors import DefinitionError
from workflows.discovery import modules_of


def declared_broadcasts(packages: Iterable[str]) -> Declared:
    """Collects them, from the modules that ``discover`` searches for journeys.

    Args:
        packages: As of ``discover``.

    Raises:
        ConfigurationError: A package or module cannot be imported.
        DefinitionError: Two broadcasts have one name.
    """
    found: dict[str, tuple[Broadcast, str]] = {}
    for package in packages:
        for module in modules_of(package):
            for value in vars(module).values():
                if not isinstance(value, Broadcast):
                    continue
                known, place = found.setdefault(value.name, (value, module.__name__))
                if known is not value:
                    raise DefinitionError(
                        f"two broadcasts are named {value.name!r}: in {place} and {module.__name__}; rename one"
                    )
    return MappingProxyType({name: broadcast for name, (broadcast, _) in sorted(found.items())})
