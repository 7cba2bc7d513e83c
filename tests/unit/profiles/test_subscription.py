"""What somebody asked to subscribe to."""

from typing import Any

import pytest

from fermata.errors import InvalidEvent
from fermata.profiles.subscription import Subscription, subscription_in
from fermata.vocabulary import Channel, ConsentPurpose


def test_without_a_word_it_is_marketing_by_email() -> None:
    assert subscription_in({"form": "footer"}) == Subscription()
    assert Subscription().channel is Channel.EMAIL


def test_channel_purpose_and_topic_may_be_named() -> None:
    asked = subscription_in({"channel": "sms", "purpose": "personalisation", "topic": "offers"})
    assert (asked.channel, asked.purpose, asked.topic) == (Channel.SMS, ConsentPurpose.PERSONALISATION, "offers")


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"channel": "fax"}, "properties.channel"),
        ({"channel": "badge"}, "properties.channel"),
        ({"purpose": 3}, "properties.purpose"),
        ({"topic": "Special Offers"}, "properties.topic"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_else_taken_for_it(properties: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        subscription_in(properties)
    assert refused.value.field == field
