"""Checks every journey before the worker takes a run: what would fail at night fails now, with file, line and mend."""

from collections.abc import Iterator

from fermata.channels import Templates
from fermata.errors import DefinitionError
from fermata.events.verbs import Verbs, standard_verbs
from fermata.journeys import Message
from fermata.policy import Policy
from fermata.segments import events_of, journeys_of
from fermata.vocabulary import Channel, Purpose
from worker.determinism_checks import undetermined
from worker.journey_source import JourneySource, read_source
from worker.verb_checks import verb_problems
from workflows.discovery import Journeys
from workflows.journey import Journey


def check_journeys(journeys: Journeys, templates: Templates, policy: Policy, verbs: Verbs | None = None) -> None:
    """Looks for what is named and not there, or not named right: events, journeys, words, and what the words speak of.

    Args:
        journeys: All that the worker would run.
        templates: What messages are written from.
        policy: It says which channels may stand in for a message's own.
        verbs: The standard events; those that ship where it is None.

    Raises:
        DefinitionError: Everything that is wrong, one line each.
    """
    known = verbs or standard_verbs()
    wrong = [
        problem
        for journey in journeys.classes.values()
        for source in (read_source(journey),)
        for problem in (
            *undetermined(source),
            *verb_problems(journey, source, journeys, known),
            *_unheard_events(journey, source, known),
            *_unknown_names(journey, source, journeys),
            *_marketing_in_what_is_owed(journey, source),
            *_missing_templates(source, templates, policy),
            *_unmet_inputs(journey, source, templates, known),
        )
    ]
    if wrong:
        raise DefinitionError("\n".join(dict.fromkeys(wrong)))


def _unheard_events(journey: type[Journey], source: JourneySource, verbs: Verbs) -> Iterator[str]:
    """Events come in under their standard names: under another one a journey would never hear of them."""
    asked = (events_of(segment) for segment in source.segments(journey))
    for event in sorted(journey.definition.awaited.union(*asked)):
        verb = verbs.find(event)
        if verb is not None and verb.name != event:
            place = source.place(source.line_with(event))
            yield f"{place}: {event!r} comes in under its standard name; write {verb.name!r}"


def _unknown_names(journey: type[Journey], source: JourneySource, journeys: Journeys) -> Iterator[str]:
    """Journeys that a segment asks about and that this worker does not run: nobody ever is or was in them."""
    asked = (journeys_of(segment) for segment in source.segments(journey))
    for name in sorted(frozenset[str]().union(*asked) - frozenset(journeys.classes)):
        place = source.place(source.line_with(name))
        yield f"{place}: no journey is named {name!r}; there are {', '.join(sorted(journeys.classes))}"


def _marketing_in_what_is_owed(journey: type[Journey], source: JourneySource) -> Iterator[str]:
    """No holdout applies to a transactional journey, so no marketing may be in it."""
    if not journey.definition.transactional:
        return
    for name, message in source.messages():
        if message.purpose is not Purpose.TRANSACTIONAL:
            place = source.place(source.line_of(name))
            yield f"{place}: {message.key!r} is {message.purpose} in a transactional journey; give it that purpose too"


def _missing_templates(source: JourneySource, templates: Templates, policy: Policy) -> Iterator[str]:
    for name, message in source.messages():
        for path in templates.missing(message, _stand_ins(message, policy)):
            place = source.place(source.line_of(name))
            yield f"{place}: message {message.key!r} has no template {path}; write it"


def _unmet_inputs(journey: type[Journey], source: JourneySource, templates: Templates, verbs: Verbs) -> Iterator[str]:
    """Values that a message's templates speak of, and that neither its trigger nor its sheet says will be there."""
    for event in journey.definition.trigger.events:
        verb = verbs.find(event)
        schema = verbs.schema_of(verb) if verb is not None else {}
        for _, message in source.messages():
            yield from templates.unmet(message.key, event, schema)


def _stand_ins(message: Message, policy: Policy) -> tuple[Channel, ...]:
    """Every channel that the policy may put in the place of the message's own, and in the place of those again."""
    found: dict[Channel, None] = {}
    waiting = list(message.channels)
    while waiting:
        fallback = policy.channels.table(waiting.pop()).fallback
        if fallback is not None and fallback not in found and fallback not in message.channels:
            found[fallback] = None
            if fallback not in (Channel.INBOX, Channel.BADGE):
                waiting.append(fallback)
    return tuple(found)
