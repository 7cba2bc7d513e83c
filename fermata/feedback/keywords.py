"""The words that a text message may consist of and that we must obey: STOP, START, HELP, and what else means them."""

import re
import unicodedata
from enum import StrEnum


class Keyword(StrEnum):
    """What somebody asks for by one word."""

    STOP = "stop"
    START = "start"
    HELP = "help"


_WORDS = {
    # https://help.twilio.com/articles/223134027, with French and German words for the same.
    Keyword.STOP: "stop stopall unsubscribe cancel end quit revoke optout arret stopp abmelden",
    Keyword.START: "start unstop yes",
    Keyword.HELP: "help info aide hilfe",
}
_MEANING = {word: keyword for keyword, words in _WORDS.items() for word in words.split()}
_ALSO_WITH_MORE = frozenset({"stop", "stopall", "unsubscribe", "arret", "stopp"})
_MOST_WORDS = 4
_LONGEST_ANSWER = 20


def keyword_in(text: str) -> Keyword | None:
    """The keyword that a text is, or None for any other text.

    Capitals, accents and punctuation do not count. "Stop please" and "STOP texting me" mean it too: the law asks to
    hear a withdrawal in any reasonable form (47 CFR 64.1200(a)(10)), and here one too many is the smaller fault.

    Args:
        text: As it was written.
    """
    words = _words(text)
    if len(words) == 1:
        return _MEANING.get(words[0])
    if 1 < len(words) <= _MOST_WORDS and words[0] in _ALSO_WITH_MORE:
        return Keyword.STOP
    return None


def answer_in(text: str) -> str | None:
    """A text of one short word, as a journey may branch on it: ``"yes"``; None for all others.

    Whole texts stay in Postgres: what somebody wrote does not belong into a workflow's history.

    Args:
        text: As it was written.
    """
    words = _words(text)
    return words[0] if len(words) == 1 and len(words[0]) <= _LONGEST_ANSWER and words[0].isalpha() else None


def _words(text: str) -> list[str]:
    plain = "".join(each for each in unicodedata.normalize("NFKD", text[:200]) if not unicodedata.combining(each))
    return re.findall(r"[^\W_]+", plain.casefold())
