"""What an answer of FCM means for a notification (https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode)."""

from collections.abc import Mapping
from typing import Any

from fermata.channels.http_answers import HttpAnswer, retry_after_in
from fermata.channels.port import Accepted, Busy, Rejected, without_address
from fermata.vocabulary import Reason

_OF_THE_TOKEN = "registration token"  # noqa: S105 - words of an error


def read_fcm_answer(answer: HttpAnswer, token: str) -> Accepted | Rejected | Busy:
    """Reads an answer.

    Args:
        answer: What came back.
        token: The device's; taken out of the words.
    """
    document = answer.document
    if answer.status == 200:
        name = document.get("name")
        if isinstance(name, str) and 0 < len(name) <= 255:
            return Accepted(name)
        return Busy(None, "FCM answers 200 and names no message", certain=False)
    fault = document.get("error")
    fault = fault if isinstance(fault, Mapping) else {}
    code = _code(fault)
    words = without_address(f"{answer.status} {code} {fault.get('message', '')}", token).strip()
    if code == "UNREGISTERED" or (answer.status == 400 and _blames_token(fault)):
        return Rejected(Reason.NO_PUSH_TOKEN, f"FCM knows the token no more: {words}")
    if answer.status == 429:
        # Of one device's own quota the account is well.
        return Busy(retry_after_in(answer), f"FCM is asked too much: {words}", certain=True, outage=False)
    if answer.status >= 500:
        return Busy(retry_after_in(answer), f"FCM is busy: {words}", certain=answer.surely_not_taken)
    if answer.status in (401, 403, 404):
        # 403 SENDER_ID_MISMATCH too: with the wrong account every token of a deployment would look dead.
        detail = f"FCM does not serve this service account: {words}"
        return Rejected(Reason.PROVIDER_MISCONFIGURED, detail, permanent=False)
    return Rejected(Reason.PROVIDER_REJECTED, f"FCM refuses the notification: {words}")


def _details(fault: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    details = fault.get("details")
    return [each for each in details if isinstance(each, Mapping)] if isinstance(details, list) else []


def _code(fault: Mapping[str, Any]) -> str:
    """FCM's own code where it gives one, else that of all Google APIs."""
    for detail in _details(fault):
        if isinstance(detail.get("errorCode"), str):
            return str(detail["errorCode"])[:50]
    return str(fault.get("status", ""))[:50]


def _blames_token(fault: Mapping[str, Any]) -> bool:
    """Whether the token is what is wrong. INVALID_ARGUMENT alone is no proof: a payload may be at fault as well."""
    if _OF_THE_TOKEN in str(fault.get("message", "")).lower():
        return True
    for detail in _details(fault):
        violations = detail.get("fieldViolations")
        if isinstance(violations, list) and any(
            isinstance(each, Mapping) and each.get("field") == "message.token" for each in violations
        ):
            return True
    return False
