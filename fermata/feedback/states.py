"""How far feedback moves a message: states only ever rise, so the order in which words come in does not matter."""

from fermata.vocabulary import DeliveryState, FeedbackKind

_RISING = (
    DeliveryState.RESERVED,
    DeliveryState.RELEASED,
    DeliveryState.FAILED,
    DeliveryState.SENDING,
    DeliveryState.UNKNOWN,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.BOUNCED,
    DeliveryState.COMPLAINED,
)
_HEIGHT = {state: height for height, state in enumerate(_RISING)}

_REACHED = {
    FeedbackKind.BOUNCED: DeliveryState.BOUNCED,
    FeedbackKind.COMPLAINED: DeliveryState.COMPLAINED,
}
"""Whoever opens, clicks or answers a message has it: all other kinds say that it was delivered."""


def after(state: DeliveryState, kind: FeedbackKind) -> DeliveryState:
    """The state of a message of which a word comes in.

    A message whose slot was given back, and that is delivered all the same, counts again: the person was reached.
    One that comes back keeps its slot: a bounce may come long after a mail was read, and a cap is rather kept too
    strictly than exceeded.

    Args:
        state: Before it.
        kind: The word.
    """
    return max(state, _REACHED.get(kind, DeliveryState.DELIVERED), key=_HEIGHT.__getitem__)
