"""The bill of materials has all that is locked; the page of dependencies has every licence of what is installed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.closure import closure, declared
from deploy.licences import licence_of
from deploy.sbom import bill_of_materials
from tests.pages import ROOT

_KEEP_THE_NOTICE = frozenset({"MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Zlib"})
_AND_CHANGE_NOTHING = frozenset({"MPL-2.0", "PSF-2.0", "Unlicense", "CC0-1.0", "MIT-CMU"})


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    return bill_of_materials()


def _listed() -> Iterator[tuple[str, str]]:
    """Package and licence, as the page has them."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").partition("## Licences")[2]
    for licence, packages in re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE):
        for package in packages.split(", "):
            yield package, licence


def test_the_page_has_the_licence_of_everything_that_production_installs() -> None:
    told = {name: licence for name, licence in _listed() if name not in ("packages", "---")}
    assert told == {name: licence_of(each) for name, each in closure(declared()).items()}


def test_no_licence_asks_for_more_than_a_notice(bill: dict[str, Any]) -> None:
    said = {each["licenses"][0]["expression"] for each in bill["components"]}
    words = {word for expression in said for word in re.findall(r"[\w.-]+", expression)} - {"AND", "OR"}
    assert words - _KEEP_THE_NOTICE - _AND_CHANGE_NOTHING == set()


def test_everything_in_the_bill_is_locked_and_what_needs_what_is_in_it(bill: dict[str, Any]) -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    refs = {each["bom-ref"] for each in bill["components"]}
    for each in bill["components"]:
        assert f"{each['name']}=={each['version']}" in lock
        assert each["hashes"]
        assert all(f"sha256:{one['content']}" in lock for one in each["hashes"])
    told = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert set(told) == refs | {bill["metadata"]["component"]["bom-ref"]}
    assert {needed for needs in told.values() for needed in needs} <= refs
    required = {each["name"] for each in bill["components"] if each["scope"] == "required"}
    assert required == set(closure(declared()))
    assert "pytest" not in required
