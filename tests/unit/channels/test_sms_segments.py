"""Segments of text messages: counted as the network counts them, for every character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.channels.sms_segments import SmsAlphabet, segments_of

GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "^{}\\[~]|€\f"
GSM_7, UCS_2 = SmsAlphabet.GSM_7, SmsAlphabet.UCS_2


def test_the_default_alphabet_has_127_characters_beside_the_escape() -> None:
    assert len(set(GSM)) == 127
    assert all(segments_of(each).alphabet is GSM_7 for each in GSM + EXTENDED)


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "segments"),
    [
        ("", GSM_7, 0, 1),
        ("a" * 160, GSM_7, 160, 1),
        ("a" * 161, GSM_7, 161, 2),
        ("a" * 306, GSM_7, 306, 2),
        ("a" * 307, GSM_7, 307, 3),
        ("€" * 80, GSM_7, 160, 1),
        ("€" * 81, GSM_7, 162, 2),
        ("a" * 152 + "€" + "a" * 152, GSM_7, 306, 3),  # the escape would be the last of the first segment
        ("Größe: ñ, à, Ç", GSM_7, 14, 1),
        ("ç", UCS_2, 1, 1),
        ("ê", UCS_2, 1, 1),
        ("`", UCS_2, 1, 1),
        ("“quoted”", UCS_2, 8, 1),
        ("я" * 70, UCS_2, 70, 1),
        ("я" * 71, UCS_2, 71, 2),
        ("🛒" * 35, UCS_2, 70, 1),
        ("🛒" * 36, UCS_2, 72, 2),
        ("я" * 66 + "🛒" + "я" * 66, UCS_2, 134, 3),  # the pair would be torn apart
        ("€" + "я" * 69, UCS_2, 70, 1),  # in UCS-2 nothing is escaped
    ],
)
def test_known_texts(text: str, alphabet: SmsAlphabet, units: int, segments: int) -> None:
    counted = segments_of(text)
    assert (counted.alphabet, counted.units, counted.segments) == (alphabet, units, segments)


def cut(text: str, alphabet: SmsAlphabet) -> int:
    """The same, by another way: the text really cut into pieces, each as long as it can be."""
    places = [
        2 if (each in EXTENDED if alphabet is GSM_7 else len(each.encode("utf-16-be")) == 4) else 1 for each in text
    ]
    alone, joined = (160, 153) if alphabet is GSM_7 else (70, 67)
    if sum(places) <= alone:
        return 1
    pieces = [0]
    for each in places:
        if pieces[-1] + each > joined:
            pieces.append(0)
        pieces[-1] += each
    return len(pieces)


@given(
    st.text(alphabet=st.one_of(st.sampled_from(GSM + EXTENDED), st.characters(exclude_categories=["Cs"])), max_size=400)
)
def test_any_text_is_counted_as_it_would_be_cut(text: str) -> None:
    counted = segments_of(text)
    in_gsm = all(each in GSM or each in EXTENDED for each in text)
    assert counted.alphabet is (GSM_7 if in_gsm else UCS_2)
    assert counted.segments == cut(text, counted.alphabet)
    assert counted.left >= 0
    if not in_gsm:
        assert counted.units == len(text.encode("utf-16-be")) // 2
        assert counted.outside
        without = "".join(each for each in text if each not in counted.outside)
        assert segments_of(without).alphabet is GSM_7


def test_it_says_in_words_what_a_text_costs() -> None:
    assert str(segments_of("Hello")) == "1 segment of GSM-7 (5 places)"
    assert str(segments_of("“Hello”")) == "1 segment of UCS-2 (7 places, because of “”)"
