"""Requests to an ad platform, within a time and a size, and what a status means whichever platform it is."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from fermata.channels.http_answers import retry_after_in
from fermata.channels.http_caller import HttpCaller
from fermata.channels.port import Busy, Rejected
from fermata.vocabulary import Reason

STEP = timedelta(seconds=20)
"""For each step of a request, and three times as much for all of it: far below the lease of what is being told."""

LONGEST = 6 * STEP
"""One request, and the one for a token before it."""

_NOT_NOW = frozenset({408, 409, 425, 429})
_MISCONFIGURED = frozenset({401, 402, 403, 404, 405, 407, 410})

Token = Callable[[], Awaitable[str | Rejected | Busy]]
"""Gives what proves who we are, or says why there is none."""


class AdRequests:
    """A client of one ad platform.

    Args:
        name: What operators call the platform.
        caller: What sends; it stays the caller's.
        token: Proves who we are.
    """

    def __init__(self, name: str, caller: HttpCaller, token: Token) -> None:
        self._name = name
        self._caller = caller
        self._token = token

    async def send(
        self, method: str, url: str, body: Mapping[str, object]
    ) -> tuple[int, Mapping[str, Any]] | Rejected | Busy:
        """Sends one request.

        Returns:
            The status and the JSON object of the answer, empty where it was none; or ``Busy``, where no answer came
            or where it says, in a way that all platforms share, that this is not the time; or why there is no token.
        """
        token = await self._token()
        if not isinstance(token, str):
            return token
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = await self._caller.post(url, orjson.dumps(body), headers, method=method)
        if isinstance(answer, Busy):
            return answer
        if answer.status in _NOT_NOW or answer.status >= 500:
            detail = f"{self._name} is busy: it answered {answer.status}"
            return Busy(retry_after_in(answer), detail, certain=False)
        document = answer.document
        if 200 <= answer.status < 300 and not document:
            return Busy(None, f"{self._name}: the answer to {answer.status} makes no sense", certain=False)
        return answer.status, document


def refusal(name: str, status: int, words: str) -> Rejected:
    """What an answer that is neither a yes nor a "not now" means.

    Args:
        name: The platform's.
        status: Of the answer.
        words: Of the platform, without a match key.
    """
    if status in _MISCONFIGURED or status < 400:
        return Rejected(Reason.PROVIDER_MISCONFIGURED, f"{name} does not serve us: {status} {words}"[:300])
    return Rejected(Reason.PROVIDER_REJECTED, f"{name} refuses the request: {status} {words}"[:300])
