"""Finds a person by whatever somebody knows of them: an id, an email address, a phone number, a name elsewhere."""

from uuid import UUID

from fermata.database import Pool
from fermata.errors import InvalidEvent, NotFound
from fermata.profiles import IdentityKind
from fermata.view import Wanted, read_timeline


async def find_person(pool: Pool, name: str, kind: str) -> UUID:
    """Finds somebody by the kind of name that is said, or by whatever the name looks like.

    Args:
        pool: Where people are kept.
        name: As a whole.
        kind: Of the name; empty to find out.

    Raises:
        InvalidEvent: The name cannot be one of its kind.
        NotFound: There is nobody.
    """
    if kind:
        return await _profile(pool, Wanted(_kind(kind), name))
    try:
        return await _profile(pool, UUID(name))
    except (ValueError, NotFound):
        pass
    likely = [IdentityKind.EMAIL] if "@" in name else [IdentityKind.PHONE] if name.startswith("+") else []
    for each in (*likely, IdentityKind.USER_ID, IdentityKind.ANONYMOUS_ID, IdentityKind.EXTERNAL_ID):
        try:
            return await _profile(pool, Wanted(each, name))
        except (NotFound, InvalidEvent):
            continue
    raise NotFound(f"nobody is known by {name!r}; a name is matched as a whole")


def _kind(text: str) -> IdentityKind:
    try:
        return IdentityKind(text)
    except ValueError:
        raise InvalidEvent(f"{text!r} is no kind of name; take one of the list", field="kind") from None


async def _profile(pool: Pool, wanted: UUID | Wanted) -> UUID:
    return (await read_timeline(pool, wanted, limit=1)).profile_id
