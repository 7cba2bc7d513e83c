"""When somebody last reacted, and when they were last written to, by channel."""

from fermata.traits.engagement import ENGAGING, Reaction, engagement
from fermata.vocabulary import Channel
from tests.unit.traits.occurrences import before


def test_the_latest_reaction_of_a_channel_stands_beside_its_last_message() -> None:
    opened = Reaction(Channel.EMAIL, "Email Opened", before(3))
    clicked = Reaction(Channel.EMAIL, "Email Link Clicked", before(1))
    for reactions in ([opened, clicked], [clicked, opened]):
        email, push = engagement(reactions, [(Channel.PUSH, before(2)), (Channel.EMAIL, before(4))])
        assert (email.channel, email.engaged_at, email.how, email.sent_at) == (
            Channel.EMAIL,
            before(1),
            "Email Link Clicked",
            before(4),
        )
        assert (push.channel, push.engaged_at, push.how, push.sent_at) == (Channel.PUSH, None, None, before(2))


def test_a_channel_on_which_nothing_happened_is_left_out() -> None:
    assert engagement([], []) == ()


def test_the_names_of_segments_specs_are_known() -> None:
    assert {"Email Opened", "Email Link Clicked", "Push Notification Tapped"} <= ENGAGING.keys()
