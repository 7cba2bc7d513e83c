"""The journeys that this deployment runs, by name and by the events that concern them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from fermata.errors import NotFound
from fermata.journeys.definition import JourneyDefinition


class Registry:
    """An immutable look-up of journey definitions.

    Args:
        definitions: By journey name.
    """

    def __init__(self, definitions: Mapping[str, JourneyDefinition]) -> None:
        self._definitions = MappingProxyType(dict(sorted(definitions.items())))
        started: dict[str, list[str]] = {}
        awaited: dict[str, list[str]] = {}
        for name, definition in self._definitions.items():
            for event in dict.fromkeys(definition.trigger.events):
                started.setdefault(event, []).append(name)
            for event in sorted(definition.awaited):
                awaited.setdefault(event, []).append(name)
        self._started = started
        self._awaited = awaited

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    def __getitem__(self, name: str) -> JourneyDefinition:
        try:
            return self._definitions[name]
        except KeyError:
            known = ", ".join(self._definitions) or "none"
            raise NotFound(f"no journey is named {name!r}; there are: {known}") from None

    def started_by(self, event: str) -> tuple[str, ...]:
        """Names of the journeys that the event starts, sorted."""
        return tuple(self._started.get(event, ()))

    def awaiting(self, event: str) -> tuple[str, ...]:
        """Names of the journeys whose active runs are to be told of the event, sorted."""
        return tuple(self._awaited.get(event, ()))
