"""Languages of people and of templates: ``fr-CA``, then ``fr``, then what is written for everybody."""

import re

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


def read_locale(value: str | None) -> str | None:
    """A language tag as we write it (BCP 47): ``fr_ca`` and ``FR-CA`` are ``fr-CA``; None where it is none."""
    if value is None or not _TAG.fullmatch(value):
        return None
    language, *rest = re.split("[-_]", value)
    return "-".join([language.lower(), *(_subtag(each) for each in rest)])


def chain(locale: str | None) -> tuple[str, ...]:
    """The languages in which somebody is written to, the most particular first.

    Args:
        locale: A person's, in any spelling; None or what is no language gives none.
    """
    tag = read_locale(locale)
    if tag is None:
        return ()
    parts = tag.split("-")
    return tuple("-".join(parts[:end]) for end in range(len(parts), 0, -1))


def _subtag(value: str) -> str:
    if len(value) == 4 and value.isalpha():
        return value.title()  # a script: zh-Hant
    return value.upper() if len(value) == 2 else value.lower()
