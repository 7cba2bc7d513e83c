"""A folder of templates that a test writes itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fermata.channels import Site, Templates

Write = Callable[..., Templates]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes template files, given as ``{"message/part": text}``, and reads them all."""

    def write_files(files: dict[str, str], *, site: Site | None = None) -> Templates:
        for name, text in files.items():
            path = tmp_path / f"{name}.liquid"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Templates([tmp_path], site=site)

    return write_files
