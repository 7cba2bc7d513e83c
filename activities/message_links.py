"""The links that a message carries for its person alone: to say no by, and to confirm."""

from fermata.ledger import Order
from fermata.profiles.consent_links import ConfirmLink, ConsentLinks, UnsubscribeLink
from fermata.profiles.subscription import CONFIRMED_WITHIN, SUBSCRIPTION_REQUESTED, subscription_in
from fermata.vocabulary import SUBSTITUTES, ConsentPurpose, Purpose


def links_in(order: Order, links: ConsentLinks) -> dict[str, str]:
    """What a template finds in ``message`` beside the message's key.

    ``unsubscribe_url`` is in marketing that goes to an address, once there is a secret to sign with. ``confirm_url`` is
    in what a request to subscribe brought about.

    Args:
        order: The send.
        links: Writes them.

    Raises:
        ConfigurationError: A request must be confirmed, and there is no secret.
        InvalidEvent: What was requested cannot be.
    """
    found: dict[str, str] = {}
    if order.purpose is Purpose.MARKETING and order.channel not in SUBSTITUTES and links.usable:
        stop = UnsubscribeLink(
            profile_id=order.profile_id,
            channel=order.channel,
            purpose=ConsentPurpose.MARKETING,
            topic=order.topic,
            decision_id=order.decision_id,
        )
        found["unsubscribe_url"] = links.unsubscribe_url(stop)
    if order.event_name == SUBSCRIPTION_REQUESTED:
        asked = subscription_in(order.event_properties)
        yes = ConfirmLink(
            profile_id=order.profile_id,
            channel=asked.channel,
            purpose=asked.purpose,
            topic=asked.topic,
            decision_id=order.decision_id,
            expires_at=order.event_occurred_at + CONFIRMED_WITHIN,
        )
        found["confirm_url"] = links.confirm_url(yes)
    return found
