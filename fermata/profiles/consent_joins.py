"""When each of a person's names became theirs, as far as what was said under it is concerned."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from fermata.profiles.identity import STRENGTH, Anchor, Identity

NEVER = datetime.max.replace(tzinfo=UTC)
"""The end of all time."""


class HeldName(NamedTuple):
    """A name of a person, and what holds it: None for one that was never stated together with another."""

    identity: Identity
    anchor: Anchor | None


def joins(names: Iterable[HeldName], spoken: Collection[str]) -> dict[str, datetime]:
    """Says when each name joined the person, for the fold of ``consent.standing``.

    The person is, first of all, their strongest name. Another name joins when it was first stated together with one as
    strong as that: a visitor's anonymous id when they signed in. Whether a name that never was belonged to the person
    at an instant nobody can tell; it joins at the end of all time, so that a withdrawal under it always stands, and a
    grant under it only where nobody withdrew.

    The answer depends on the names and their links alone, not on the order in which they were found out.

    Args:
        names: All of the person's.
        spoken: Those under which something was said, as text; one that is the person's no longer may be among them.

    Returns:
        By the text of each name in ``spoken``. A single strongest name is left out: it was the person's all along.
    """
    known = {str(name.identity): name for name in names}
    strongest = min((STRENGTH[name.identity.kind] for name in known.values()), default=0)
    of_the_strongest = [text for text, name in known.items() if STRENGTH[name.identity.kind] == strongest]
    # Of two user ids, which an alias made one, neither was the other before.
    root = of_the_strongest[0] if len(of_the_strongest) == 1 else None
    return {text: _joined_at(known.get(text), strongest) for text in spoken if known and text != root}


def _joined_at(name: HeldName | None, strongest: int) -> datetime:
    if name is None or name.anchor is None or STRENGTH[name.anchor.kind] != strongest:
        return NEVER
    return name.anchor.at
