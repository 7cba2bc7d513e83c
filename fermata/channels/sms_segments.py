"""How many segments a text message takes, in which alphabet: what it costs, by 3GPP TS 23.038 and 23.040."""

from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of GSM: seven bits a character. Ç is in it and ç is not; è is, ê is not."""

_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Characters that take an escape and so two places. The two must not be torn apart."""


class SmsAlphabet(StrEnum):
    """How a text is written on its way."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


_ALONE = {SmsAlphabet.GSM_7: 160, SmsAlphabet.UCS_2: 70}
"""Places in a message of one segment."""
_JOINED = {SmsAlphabet.GSM_7: 153, SmsAlphabet.UCS_2: 67}
"""Places in each of several: a header of six bytes says which belong together."""


@dataclass(frozen=True, slots=True)
class SmsSegments:
    """What a text takes.

    Args:
        alphabet: In which it goes. One character outside of GSM-7 puts the whole text into UCS-2.
        units: Places that it fills: septets in GSM-7, units of 16 bits in UCS-2.
        segments: Messages that are sent, and paid for.
        left: Places that are free in the last one.
        outside: The characters that cost the text its GSM-7, each once, in their order; empty in GSM-7.
    """

    alphabet: SmsAlphabet
    units: int
    segments: int
    left: int
    outside: str

    def __str__(self) -> str:
        number = "1 segment" if self.segments == 1 else f"{self.segments} segments"
        because = f", because of {self.outside[:10]}" if self.outside else ""
        return f"{number} of {self.alphabet.value} ({self.units} places{because})"


def segments_of(text: str) -> SmsSegments:
    """Counts. An escaped character, or the two halves of a surrogate pair, never stand in two segments.

    Args:
        text: As it is sent; line breaks as ``\\n``.
    """
    outside = "".join(dict.fromkeys(each for each in text if each not in _BASIC and each not in _EXTENSION))
    alphabet = SmsAlphabet.UCS_2 if outside else SmsAlphabet.GSM_7
    wide = [_places(each, alphabet) for each in text]
    units = sum(wide)
    if units <= _ALONE[alphabet]:
        return SmsSegments(alphabet, units, 1, _ALONE[alphabet] - units, outside)
    segments, filled = 1, 0
    for places in wide:
        if filled + places > _JOINED[alphabet]:
            segments, filled = segments + 1, 0
        filled += places
    return SmsSegments(alphabet, units, segments, _JOINED[alphabet] - filled, outside)


def _places(character: str, alphabet: SmsAlphabet) -> int:
    if alphabet is SmsAlphabet.GSM_7:
        return 2 if character in _EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1
