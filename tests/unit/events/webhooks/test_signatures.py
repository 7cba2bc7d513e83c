"""A webhook is believed when its signature fits one of the secrets and is fresh, and never otherwise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from fermata.errors import BadSignature
from fermata.events.webhooks import TOLERANCE, verify
from tests.unit.events.webhooks.deliveries import NOW, SOURCES, delivered
from tests.unit.events.webhooks.signing import SECRETS, Signed, shopify, standard, stripe, zendesk

BODY = b'{"id": 1, "email": "ada@example.com"}'
SIGNED: dict[str, Signed] = {
    "shopify": shopify("orders/create", BODY),
    "stripe": stripe(BODY, at=NOW),
    "zendesk": zendesk(BODY, at=NOW),
    "standard": standard(BODY, at=NOW),
}
PROVING = {
    "shopify": ["X-Shopify-Hmac-Sha256"],
    "stripe": ["Stripe-Signature"],
    "zendesk": ["X-Zendesk-Webhook-Signature", "X-Zendesk-Webhook-Signature-Timestamp"],
    "standard": ["webhook-id", "webhook-timestamp", "webhook-signature"],
}
STALE: dict[str, Callable[[timedelta], Signed]] = {
    "stripe": lambda off: stripe(BODY, at=NOW + off),
    "zendesk": lambda off: zendesk(BODY, at=NOW + off),
    "standard": lambda off: standard(BODY, at=NOW + off),
}
schemes = st.sampled_from(sorted(SIGNED))


def believed(signed: Signed) -> bool:
    source = SOURCES[signed.source]
    said = ""
    try:
        verify(source.scheme, delivered(signed), source.secrets)
    except BadSignature as error:
        said = str(error)
    assert not any(secret in said for secret in SECRETS.values())
    return not said


def with_header(signed: Signed, name: str, value: str) -> Signed:
    return replace(signed, headers={**signed.headers, name: value})


@pytest.mark.parametrize("scheme", sorted(SIGNED))
def test_what_its_sender_signed_is_believed(scheme: str) -> None:
    assert believed(SIGNED[scheme])


@given(scheme=schemes, place=st.integers(0, len(BODY) - 1), byte=st.integers(0, 255))
def test_any_changed_byte_of_the_body_refuses_it(scheme: str, place: int, byte: int) -> None:
    changed = BODY[:place] + bytes([byte]) + BODY[place + 1 :]
    assert believed(replace(SIGNED[scheme], body=changed)) == (changed == BODY)


@given(data=st.data(), scheme=schemes)
def test_any_changed_character_of_what_proves_it_refuses_it(data: st.DataObject, scheme: str) -> None:
    name = data.draw(st.sampled_from(PROVING[scheme]))
    value = SIGNED[scheme].headers[name]
    place = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=255).filter(lambda each: each != value[place]))
    assert not believed(with_header(SIGNED[scheme], name, value[:place] + other + value[place + 1 :]))


@given(data=st.data(), scheme=schemes, value=st.text(st.characters(max_codepoint=255), max_size=80))
def test_any_text_at_all_in_its_place_refuses_it(data: st.DataObject, scheme: str, value: str) -> None:
    name = data.draw(st.sampled_from(PROVING[scheme]))
    assert not believed(with_header(SIGNED[scheme], name, value))


@given(scheme=schemes, body=st.binary(max_size=60))
def test_another_body_refuses_it(scheme: str, body: bytes) -> None:
    assert believed(replace(SIGNED[scheme], body=body)) == (body == BODY)


@pytest.mark.parametrize(
    ("scheme", "header"), [(scheme, name) for scheme in sorted(PROVING) for name in PROVING[scheme]]
)
def test_what_proves_it_must_all_be_there(scheme: str, header: str) -> None:
    signed = SIGNED[scheme]
    headers = {name: value for name, value in signed.headers.items() if name != header}
    assert not believed(replace(signed, headers=headers))


@pytest.mark.parametrize("scheme", sorted(STALE))
@pytest.mark.parametrize("way", [-1, 1])
def test_a_signature_is_fresh_for_five_minutes_before_and_after(scheme: str, way: int) -> None:
    assert believed(STALE[scheme](way * TOLERANCE))
    assert not believed(STALE[scheme](way * (TOLERANCE + timedelta(seconds=1))))


@pytest.mark.parametrize("secret", ["STRIPE_SECRET", "STRIPE_SECRET_BEFORE"])
def test_while_a_secret_is_replaced_both_are_believed(secret: str) -> None:
    assert believed(stripe(BODY, at=NOW, variable=secret))
    source = SOURCES["billing"]
    [only] = [each for each in source.secrets if each.get_secret_value() == SECRETS["STRIPE_SECRET"]]
    fits_alone = secret == "STRIPE_SECRET"
    with_one = delivered(stripe(BODY, at=NOW, variable=secret))
    if fits_alone:
        verify("stripe", with_one, [only])
    else:
        with pytest.raises(BadSignature):
            verify("stripe", with_one, [only])


def test_one_of_several_signatures_is_enough_and_those_of_other_kinds_do_not_count() -> None:
    good = SIGNED["stripe"].headers["Stripe-Signature"]
    seconds, right = good.removeprefix("t=").split(",v1=")
    assert believed(with_header(SIGNED["stripe"], "Stripe-Signature", f"t={seconds},v1={'0' * 64},v1={right},v0=x"))
    assert not believed(with_header(SIGNED["stripe"], "Stripe-Signature", f"t={seconds},v0={right}"))
    assert not believed(with_header(SIGNED["stripe"], "Stripe-Signature", f"t={seconds},t={seconds},v1={right}"))
    value = SIGNED["standard"].headers["webhook-signature"]
    assert believed(with_header(SIGNED["standard"], "webhook-signature", f"v1a,AAAA {value}"))
    assert not believed(with_header(SIGNED["standard"], "webhook-signature", value.replace("v1,", "v2,")))


@pytest.mark.parametrize("scheme", sorted(SIGNED))
def test_another_secret_believes_nothing(scheme: str) -> None:
    source = SOURCES[SIGNED[scheme].source]
    with pytest.raises(BadSignature):
        verify(source.scheme, delivered(SIGNED[scheme]), [SecretStr("whsec_AAAA")])
