"""The console's colours: every pair of words and ground that it uses can be read, by day and by night."""

import re
from pathlib import Path

import pytest

import api.console

CSS = (Path(api.console.__file__).parent / "static" / "console.css").read_text("utf-8")
TONES = ("go", "hold", "stop", "plain")
PAIRS = [
    *((words, ground) for words in ("ink", "quiet", "mark") for ground in ("paper", "sheet", "raised")),
    *((tone, f"{tone}-soft") for tone in TONES),
    *(("ink", f"{tone}-soft") for tone in TONES),
    ("mark", "mark-soft"),
    ("on-mark", "mark"),
    ("on-stop", "stop"),
]


def _tokens(night: bool) -> dict[str, str]:
    day, _, rest = CSS.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", day))
    return {**found, **dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rest))} if night else found


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("night", [False, True])
def test_every_colour_of_words_stands_out_from_its_ground(night: bool) -> None:
    tokens = _tokens(night)
    for words, ground in PAIRS:
        light, dark = sorted((_luminance(tokens[words]), _luminance(tokens[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (words, ground)  # WCAG 2.2, 1.4.3
