"""What a simulation runs under: which journeys, which policy, from when and for how long."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli.simulate.event_file import EventFile, PlannedCall, read_event_file
from cli.simulate.person_file import Described, read_person_file
from cli.simulate.sample_event import sample_event
from fermata.channels import Site, Templates
from fermata.deployment import deployment_verbs
from fermata.events.verbs import Verbs
from fermata.policy import default_document, parse_policy, read_document
from fermata.settings import Settings
from worker.journey_checks import check_journeys
from workflows.discovery import Journeys, discover

_SLACK = timedelta(days=1)  # a run ends by its time limit at the latest, and a held send a moment after it


@dataclass(frozen=True)
class Setting:
    """All of that, read and checked.

    Args:
        journey: The one that it is about.
        journeys: Those that run.
        policy: The document in force.
        policy_name: Which that is, in words.
        site: Whom the messages speak for.
        verbs: The standard events of the deployment.
        start: The first instant, aware.
        length: How long it goes on; None until no run waits for anything any more.
        calls: What is done in it.
        made_up: Whether that is our own idea.
        described: Whom it is about; None for somebody whom every channel reaches.
        settings: Of the deployment.
    """

    journey: str
    journeys: Journeys
    policy: str
    policy_name: str
    site: Site
    verbs: Verbs
    start: datetime
    length: timedelta | None
    calls: tuple[PlannedCall, ...]
    made_up: bool
    described: Described | None
    settings: Settings

    @property
    def longest(self) -> timedelta:
        """How long it can go on at most, where nothing was said."""
        last = self.calls[-1].after if self.calls else timedelta(0)
        lives = [journey.definition.at_most for journey in self.journeys.classes.values()]
        return last + max(lives) + _SLACK

    @property
    def user_id(self) -> str:
        """Of the person: the file's, or the first that an event names."""
        if self.described is not None and self.described.user_id is not None:
            return self.described.user_id
        named = [call.call["userId"] for call in self.calls if isinstance(call.call.get("userId"), str)]
        return named[0] if named else "ada"

    @property
    def identify(self) -> Mapping[str, Any] | None:
        """What the person says of themselves."""
        return self.described.identify if self.described is not None else None


def read_setting(
    settings: Settings,
    journey: str,
    *,
    also: Collection[str],
    events: Path | None,
    profile: Path | None,
    policy: Path | None,
    start: datetime | None,
    length: timedelta | None,
    now: datetime,
) -> Setting:
    """Reads and checks what a command was given.

    Args:
        settings: Of the deployment.
        journey: The one that it is about.
        also: Others that run beside it.
        events: A file of events; None for the trigger alone.
        profile: A file that describes the person.
        policy: A file; None for the policy that ships.
        start: When it begins, aware; None for the file's first instant, or now.
        length: How long it goes on; None until all is over.
        now: The present, aware.

    Raises:
        NotFound: A journey or a file is not there.
        ConfigurationError: A package or a file of the deployment cannot be read.
        InvalidEvent: An event or the person cannot be; names file and line.
        PolicyError: The policy cannot be used.
        DefinitionError: A journey or a template of the deployment cannot work.
    """
    found, verbs = discover(settings.journeys), deployment_verbs(settings)
    site = Site(name=settings.site_name, url=settings.site_url, address=settings.site_address)
    chosen = {name: found.classes[name] for name in (journey, *also) if found.registry[name]}
    document = _policy(policy)
    check_journeys(found, Templates(found.template_roots, site=site), parse_policy(document), verbs)
    given = read_event_file(events, verbs) if events is not None else None
    trigger = found.registry[journey].trigger.event
    sample = PlannedCall(timedelta(0), sample_event(trigger, found.registry[journey]))
    return Setting(
        journey=journey,
        journeys=Journeys(chosen, found.template_roots),
        policy=document,
        policy_name=f"the policy in {policy}" if policy is not None else "the policy that ships",
        site=site,
        verbs=verbs,
        start=start if start is not None else _start(given, now),
        length=length,
        calls=given.calls if given is not None else (sample,),
        made_up=given is None,
        described=read_person_file(profile) if profile is not None else None,
        settings=settings,
    )


def _start(given: EventFile | None, now: datetime) -> datetime:
    """The first instant that the events tell, or now."""
    if given is not None and given.first_at is not None:
        return given.first_at.astimezone(UTC)
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def _policy(path: Path | None) -> str:
    if path is None:
        return default_document()
    document = read_document(path)
    parse_policy(document, str(path))
    return document
