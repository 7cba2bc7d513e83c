"""An HTML mail as mail programs take it: MJML compiled to tables, style sheets written into the elements.

Neither is for HTML from elsewhere: both are what the authors of templates wrote. What data brings into a mail is
escaped by the template.
"""

import re

from css_inline import CSSInliner, InlineError
from mjml import mjml2html

from fermata.channels.template_source import Source
from fermata.errors import DefinitionError

# Nothing is fetched, neither by path nor by address. The style sheet stays, for dark mode, phones and `:hover`.
_INLINER = CSSInliner(keep_style_tags=True, keep_link_tags=True, load_remote_stylesheets=False)
_ASKS = re.compile(r"<style\b[^>]*\bdata-inline\b")


def compile_mjml(source: Source) -> Source:
    """Compiles MJML, with the Liquid in it left as it is, to HTML.

    Fonts are those of the reader's machine: none is loaded from elsewhere, which would tell others who reads.

    Args:
        source: The file.

    Raises:
        DefinitionError: It is no MJML.
    """
    try:
        html = mjml2html(source.text, fonts={})
    except ValueError as error:
        raise DefinitionError(f"{source.path}: this is no MJML: {error}") from None
    return Source(source.path, html, written=source.text)


def inline_styles(html: str) -> str:
    """Writes the rules of style sheets into the elements that they are for: some mail programs drop the sheets.

    Done where a sheet asks for it, ``<style data-inline>``: reading and writing a document anew is not for one whose
    author has seen to everything.

    Args:
        html: A rendered document. One that does not ask stays as it is, to the letter.
    """
    if not _ASKS.search(html):
        return html
    try:
        return str(_INLINER.inline(html))
    except InlineError:
        return html  # a rule that cannot be read; the sheet is there all the same
