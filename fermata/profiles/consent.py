"""What a person's statements on consent come to: a fold in the order in which they were made, not of their arrival."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from fermata.vocabulary import Channel, Consent, ConsentPurpose

Standing = Mapping[Channel, Mapping[ConsentPurpose, Consent]]
"""By channel and purpose; what is absent was never spoken of."""

_Matter = tuple[Channel, ConsentPurpose]
_State = dict[_Matter, Consent]


class Statement(NamedTuple):
    """One word on one matter.

    Args:
        channel: The way to the person that it is about.
        purpose: What for.
        status: Yes or no.
        occurred_at: When it was said, aware.
        stated_as: The strongest name under which it was said: ``"user_id:u1"``, ``"anonymous_id:a1"``.
    """

    channel: Channel
    purpose: ConsentPurpose
    status: Consent
    occurred_at: datetime
    stated_as: str


@dataclass(frozen=True, slots=True)
class _Join:
    """A name that was the person's from then on."""

    name: str
    occurred_at: datetime


def standing(statements: Iterable[Statement], joined: Mapping[str, datetime]) -> Standing:
    """Folds statements into what holds in the end.

    Until it is joined to the person, a name has a state of its own. At the join, person and name come to the stricter
    of the two: revoked before granted, granted before nothing said. After it, each later statement replaces what was
    said before on the same matter. At one instant joins come first, and of several statements a withdrawal stands.

    The answer depends on when things were said, and in no way on the order in which they are given.

    Args:
        statements: All of the person's, under whatever names, in any order.
        joined: When each name was first linked to the person. One that is not here was the person's own all along.
    """
    person: _State = {}
    apart: dict[str, _State] = {name: {} for name in joined}
    for _, at_once in groupby(_in_order(statements, joined), key=_instant):
        said: dict[tuple[str | None, _Matter], Consent] = {}
        for step in at_once:
            if isinstance(step, _Join):
                _take_stricter(person, apart.pop(step.name))
                continue
            place = (step.stated_as if step.stated_as in apart else None, (step.channel, step.purpose))
            said[place] = _stricter(said[place], step.status) if place in said else step.status
        for (name, matter), status in said.items():
            (person if name is None else apart[name])[matter] = status
    return _by_channel(person)


def _in_order(statements: Iterable[Statement], joined: Mapping[str, datetime]) -> list[Statement | _Join]:
    joins = (_Join(name, at) for name, at in joined.items())
    return sorted((*joins, *statements), key=lambda step: (step.occurred_at, isinstance(step, Statement)))


def _instant(step: Statement | _Join) -> datetime:
    return step.occurred_at


def _take_stricter(person: _State, name: _State) -> None:
    for matter, status in name.items():
        person[matter] = _stricter(person[matter], status) if matter in person else status


def _stricter(one: Consent, other: Consent) -> Consent:
    return Consent.REVOKED if Consent.REVOKED in (one, other) else Consent.GRANTED


def _by_channel(state: _State) -> Standing:
    # In the order of the names, so that equal standings are written down alike.
    found: dict[Channel, dict[ConsentPurpose, Consent]] = {}
    for (channel, purpose), status in sorted(state.items()):
        found.setdefault(channel, {})[purpose] = status
    return found
