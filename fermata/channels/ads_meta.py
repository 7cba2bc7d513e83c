"""Meta's Custom Audiences: ``POST`` and ``DELETE /{audience_id}/users`` with hashed e-mail addresses and phone numbers.

Source: Marketing API, Custom Audience Users (payload with schema and data, sessions of batches of at most 10,000).
"""

import random
from collections.abc import Sequence
from typing import Any

from fermata.audiences.declared import Audience, Platform
from fermata.audiences.identifiers import Kind, Person
from fermata.channels.ads_platform import Change, Told
from fermata.channels.ads_requests import STEP, AdRequests, refusal
from fermata.channels.http_caller import HttpCaller
from fermata.channels.port import Busy, Rejected
from fermata.vocabulary import Reason

_SCHEMA = ("EMAIL", "PHONE")
_KINDS: tuple[Kind, ...] = ("email", "phone")
# Graph API error codes: unknown, service, too many calls (app, user, account, audience), temporarily blocked.
_TRANSIENT = frozenset({1, 2, 4, 17, 32, 341, 613, 80003})
_TOKEN = frozenset({10, 190, 200, 2650})
_LONGEST_SESSION = 2**63 - 1


class MetaAudiences:
    """Audiences of a Meta ad account.

    Args:
        platform: Where, and who we are.
    """

    most: int = 10_000

    def __init__(self, platform: Platform) -> None:
        self.name: str = platform.name
        self._url = platform.url
        self._secret = platform.token
        self._caller = HttpCaller(platform.name, timeout=STEP)
        self._requests = AdRequests(platform.name, self._caller, self._token)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._caller.aclose()

    async def tell(self, audience: Audience, change: Change, people: Sequence[Person]) -> Told | Rejected | Busy:
        """Puts people into an audience, or takes them out: one request, a session of its own."""
        body = {
            "payload": {"schema": _SCHEMA, "data": [_row(person) for person in people]},
            # The session only lets Meta's own reports tell uploads apart; nothing here depends on it.
            "session": {
                "session_id": random.randint(1, _LONGEST_SESSION),  # noqa: S311 - no secret
                "batch_seq": 1,
                "last_batch_flag": True,
                "estimated_num_total": len(people),
            },
        }
        answer = await self._requests.send(
            "POST" if change == "add" else "DELETE", f"{self._url}/{audience.id}/users", body
        )
        if isinstance(answer, Rejected | Busy):
            return answer
        status, document = answer
        if not 200 <= status < 300:
            return self._refusal(status, document.get("error"))
        if document.get("num_received") != len(people):
            return Busy(None, f"{self.name}: the answer does not count what was sent", certain=False)
        return Told(_refused(document.get("invalid_entry_samples"), people))

    async def _token(self) -> str:
        return self._secret.get_secret_value()

    def _refusal(self, status: int, error: Any) -> Rejected | Busy:  # noqa: ANN401 - whatever Meta writes
        code = error.get("code") if isinstance(error, dict) else None
        transient = isinstance(error, dict) and error.get("is_transient") is True
        if code in _TRANSIENT or transient:
            return Busy(None, f"{self.name} is busy: error {code}", certain=False)
        if code in _TOKEN:
            return Rejected(Reason.PROVIDER_MISCONFIGURED, f"{self.name} does not take our token: error {code}")
        return refusal(self.name, status, f"error {code}")


def _row(person: Person) -> list[str]:
    keys = dict(person)
    return [keys.get(kind, "") for kind in _KINDS]


def _refused(samples: Any, people: Sequence[Person]) -> dict[int, str]:  # noqa: ANN401 - whatever Meta writes
    """Meta names some of the entries that it could not read, by their values. What it does not name it has taken."""
    if not samples:
        return {}
    written = str(samples)
    return {
        place: "Meta cannot read the match keys"
        for place, person in enumerate(people)
        if any(key.digest in written for key in person)
    }
