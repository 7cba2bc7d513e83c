"""docs/enrichment.md: its files and commands, run in the order of the page, print what stands below them."""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs/enrichment.md"
_BLOCK = re.compile(r"^```(csv|ndjson|sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMES = {"csv": "products.csv", "ndjson": "events.ndjson"}
_TIMES = re.compile(r"[0-9.]+ s \([0-9,]+ a second\)")


def test_every_command_prints_what_the_page_says(database_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "FERMATA_DATABASE_URL": database_url}
    printed, ran = "", 0
    for kind, text in _BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind in _NAMES:
            (tmp_path / _NAMES[kind]).write_text(text, encoding="utf-8")
        elif kind == "sh":
            command = [sys.executable, "-m", "cli", *text.split()[1:]]
            # The program is found by where its packages are, not by where it is called.
            where = {**environment, "PYTHONPATH": str(PAGE.parents[1])}
            done = subprocess.run(
                command, cwd=tmp_path, env=where, capture_output=True, text=True, timeout=60, check=False
            )
            printed, ran = done.stderr + done.stdout, ran + 1
        else:
            assert _TIMES.sub("N", printed) == _TIMES.sub("N", text)
    assert ran == 3
