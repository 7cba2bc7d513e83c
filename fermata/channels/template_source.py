"""The text of a template file, and where in the file something stands."""

import re
from dataclasses import dataclass
from pathlib import Path

_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Source:
    """A template file.

    Args:
        path: Where it is.
        text: What is compiled as Liquid.
        written: What stands in the file, where the text was made from that; None where it is the text itself.
    """

    path: Path
    text: str
    written: str | None = None

    def at(self, index: int) -> str:
        """The place of a character of the text, as ``file:line``. A negative index is the end: something was left open.

        Of a text that was made from the file's, the Liquid around the character is looked up in the file.
        """
        if self.written is not None:
            return f"{self.path}:{_line(self.written, self._in_the_file(self.written, index))}"
        return f"{self.path}:{_line(self.text, index if index >= 0 else len(self.text))}"

    def _in_the_file(self, written: str, index: int) -> int:
        tags = list(_LIQUID.finditer(self.text))
        tag = next((each for each in tags if each.end() > index >= 0), None)
        if tag is None:
            return len(written)
        before = sum(each.group() == tag.group() for each in tags if each.start() < tag.start())
        places = [each.start() for each in re.finditer(re.escape(tag.group()), written)]
        return next(iter(places[before:] or places), 0)


def _line(text: str, index: int) -> int:
    return text.count("\n", 0, index) + 1
