"""An envelope holds content that its channel can carry, and aware instants."""

from datetime import UTC, datetime

import pytest

from fermata.channels.port import CONTENT_OF, without_address
from fermata.channels.template_parts import PARTS
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel
from tests.integration.channels.envelopes import CONTENT, an_envelope


@pytest.mark.parametrize("channel", CONTENT)
def test_an_envelope_takes_the_content_of_its_channel_and_no_other(channel: Channel) -> None:
    assert an_envelope(channel).content == CONTENT[channel]
    for other, content in CONTENT.items():
        if CONTENT_OF[other] is not CONTENT_OF[channel]:
            with pytest.raises(DefinitionError, match=f"cannot go out on {channel.value}"):
                an_envelope(channel, content=content)


def test_a_naive_instant_is_refused() -> None:
    naive = datetime(2026, 3, 9, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(DefinitionError, match="has no time zone"):
        an_envelope(expires_at=naive)
    with pytest.raises(DefinitionError, match="has no time zone"):
        an_envelope(sent_at=naive)


def test_every_channel_with_content_has_its_parts() -> None:
    assert PARTS.keys() == CONTENT_OF.keys()


def test_the_words_of_a_provider_are_kept_short_and_without_the_address() -> None:
    words = without_address("550 5.1.1\r\n <ada@example.com>: unknown " + "x" * 1000, "ada@example.com")
    assert words.startswith("550 5.1.1 <<address>>: unknown xxx")
    assert len(words) == 300
