"""docs/enrolment.md shows definitions that work as they stand."""

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs/enrolment.md"


def test_every_definition_on_the_page_can_be_made() -> None:
    examples = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    for code in examples:
        exec(code, names)  # noqa: S102 - our own page
    assert (
        names["definition"].entry.words
        == "did Product Viewed at least 3 times within 7 days, and never Sales Contacted"
    )
    assert names["OFFER"].eligible.words == "never Sales Contacted"
    assert names["care"].key == "order_id"
