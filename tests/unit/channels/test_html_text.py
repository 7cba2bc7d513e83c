"""The text of an HTML mail says what a browser shows, and where its links lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.channels.html_text import text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<h1>Hello,\n   Ada</h1>line<br>line", "Hello, Ada\n\nline\nline"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ('<a href="https://shop.example/cart">Back to my cart</a>', "Back to my cart: https://shop.example/cart"),
        ('<a href="https://shop.example/">https://shop.example/</a>', "https://shop.example/"),
        ('<a href="https://shop.example/"><img src="x.png" alt="Our shop"></a>', "Our shop: https://shop.example/"),
        ('<a href="https://shop.example/"><img src="x.png"></a>', "https://shop.example/"),
        ('<a href="#top">Top</a>', "Top"),
        ("<table><tr><td>Shoes</td><td>&euro;59</td></tr><tr><td>Bag</td></tr></table>", "Shoes €59\n\nBag"),
        ('<div style="display:none">preview &#847;&zwnj;<b>x</b></div><p>Words</p>', "Words"),
        ('<div style="display: none"><img src="x">a<br>b</div>Words', "Words"),
        ("<head><title>T</title><style>p{}</style></head><body>Words<script>evil()</script></body>", "Words"),
        ("<!-- note --><p>Tom &amp; Jerry &lt;3</p>", "Tom & Jerry <3"),
        ("no tags", "no tags"),
        ("", ""),
    ],
)
def test_html_is_read_as_text(html: str, text: str) -> None:
    assert text_of(html) == text


@given(st.text(alphabet="<>a/b\"'= pdivsty:none\n&;#", max_size=300))
def test_any_text_can_be_read_and_gains_nothing_but_spaces_and_dashes(html: str) -> None:
    assert len(text_of(html)) <= 3 * len(html) + 2
