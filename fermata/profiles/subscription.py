"""What somebody asked to subscribe to: read from the event "Subscription Requested", to be confirmed by the person."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from fermata.errors import InvalidEvent
from fermata.events.traits import ByName, TopicName
from fermata.vocabulary import Channel, ConsentPurpose

SUBSCRIPTION_REQUESTED = "Subscription Requested"
"""Somebody, perhaps somebody else, filled in a form. It grants nothing."""

SUBSCRIPTION_CONFIRMED = "Subscription Confirmed"
"""The person themselves followed the link."""

CONFIRMED_WITHIN = timedelta(days=7)
"""How long a request may be confirmed."""


_ADDRESSED = (Channel.EMAIL, Channel.SMS, Channel.PUSH)


def _with_an_address(channel: Channel) -> Channel:
    if channel not in _ADDRESSED:
        raise ValueError(f"nobody subscribes to {channel.value!r}; use one of {', '.join(_ADDRESSED)}")
    return channel


class Subscription(BaseModel):
    """What was asked for.

    Args:
        channel: By which way they want to hear; the request is confirmed by email all the same.
        purpose: What for.
        topic: What of, where only that was asked for.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    channel: Annotated[ByName[Channel], AfterValidator(_with_an_address)] = Channel.EMAIL
    purpose: ByName[ConsentPurpose] = ConsentPurpose.MARKETING
    topic: TopicName | None = None


def subscription_in(properties: Mapping[str, Any]) -> Subscription:
    """Reads what was asked for.

    Args:
        properties: Of the event; what is not there is email, marketing, and every topic.

    Raises:
        InvalidEvent: One of them cannot be: then nothing can be confirmed.
    """
    try:
        return Subscription.model_validate(properties)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(("properties", *map(str, first["loc"])))
        raise InvalidEvent(f"{SUBSCRIPTION_REQUESTED}: {first['msg']}, not {first['input']!r}", field=field) from None
