"""The plain text of an HTML mail, for those who read it so, and for filters that compare the two."""

import re
from html.parser import HTMLParser

_NOT_SHOWN = frozenset({"head", "style", "script", "title", "template"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "hr", "pre"})
_LINES = frozenset({"div", "tr", "li", "br", "section", "article", "header", "footer", "address"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BLANK = re.compile(r"[^\S\n]+")
_INVISIBLE = re.compile(r"[\u034f\u200b-\u200d\u2060\ufeff]")  # what fills the preview line of an inbox
_LINKED = ("http://", "https://", "mailto:", "tel:")


def text_of(html: str) -> str:
    """Reads HTML as text: paragraphs apart, lists with dashes, each link with its address after it.

    What is not shown (``display: none``, comments, the head) is left out.

    Args:
        html: A whole document or a piece of one.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [_BLANK.sub(" ", line).strip() for line in _INVISIBLE.sub("", "".join(reader.words)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects words, with line breaks where a browser would make them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden: list[str] = []  # the open tags from the first that is not shown
        self._links: list[tuple[str, int]] = []  # address, and where its words begin

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._hidden or tag in _NOT_SHOWN or _HIDDEN.search(given.get("style") or ""):
            if tag not in _VOID:
                self._hidden.append(tag)
            return
        if tag in _PARAGRAPHS:
            self.words.append("\n\n")
        elif tag in _LINES:
            self.words.append("\n- " if tag == "li" else "\n")
        elif tag == "img" and given.get("alt"):
            self.words.append(given["alt"] or "")
        elif tag == "td":
            self.words.append(" ")
        elif tag == "a":
            self._links.append((given.get("href") or "", len(self.words)))

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag in self._hidden:
                del self._hidden[len(self._hidden) - 1 - self._hidden[::-1].index(tag) :]
            return
        if tag == "a" and self._links:
            address, start = self._links.pop()
            words = "".join(self.words[start:]).strip()
            if address.startswith(_LINKED) and address not in words:
                self.words.append(f": {address}" if words else address)
        elif tag in _PARAGRAPHS:
            self.words.append("\n\n")
        elif tag in _LINES:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data.replace("\n", " "))
