"""Checks every declared broadcast before the worker starts: its journey, its event, and what its segment asks about."""

from collections.abc import Iterator

from fermata.broadcasts import Broadcast, Declared
from fermata.errors import DefinitionError
from fermata.events.verbs import Verbs, standard_verbs
from fermata.journeys import Registry
from fermata.segments import events_of, journeys_of


def check_broadcasts(declared: Declared, registry: Registry, verbs: Verbs | None = None) -> None:
    """Looks for what is named and not there.

    Args:
        declared: The broadcasts of this deployment.
        registry: Its journeys.
        verbs: The standard events; those that ship where it is None.

    Raises:
        DefinitionError: Everything that is wrong, one line each.
    """
    wrong = [each for broadcast in declared.values() for each in _problems(broadcast, registry, verbs)]
    if wrong:
        raise DefinitionError("\n".join(wrong))


def _problems(broadcast: Broadcast, registry: Registry, verbs: Verbs | None) -> Iterator[str]:
    known = ", ".join(registry)
    for journey in sorted({broadcast.journey, *journeys_of(broadcast.segment)} - set(registry)):
        yield f"broadcast {broadcast.name!r}: no journey is named {journey!r}; there are {known}"
    for event in sorted(events_of(broadcast.segment)):
        verb = (verbs or standard_verbs()).find(event)
        if verb is not None and verb.name != event:
            yield (
                f"broadcast {broadcast.name!r}: {event!r} comes in under its standard name; "
                f"write {verb.name!r} in its segment"
            )
    if broadcast.journey in set(registry):
        try:
            broadcast.announced(registry[broadcast.journey], "")
        except DefinitionError as error:
            yield str(error)
