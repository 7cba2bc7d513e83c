"""What docs/ads.md and docs/hand-off.md show works as it stands there."""

import re
from pathlib import Path

from fermata.audiences.declared import read_audiences
from fermata.channels.hand_off_desks import read_desks
from fermata.events.webhooks import read_sources
from fermata.policy import default_policy
from fermata.vocabulary import Channel

_DOCS = Path(__file__).parents[3] / "docs"
_SECRET = "whsec_c2FsZXM="


def _toml(page: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", (_DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_declared_audiences_are_read() -> None:
    (example,) = _toml("ads.md")
    declared = read_audiences(example, {"META_TOKEN": "token", "GOOGLE_KEY": "token"})
    assert {name: audience.platform for name, audience in declared.audiences.items()} == {
        "running_shoes": "meta",
        "running_shoes_search": "google",
    }


def test_the_declared_desks_and_their_way_back_are_read() -> None:
    desks, back = _toml("hand-off.md")
    declared = read_desks(desks, {"SALES_SECRET": _SECRET, "SUPPORT_SECRET": _SECRET})
    assert {name: desk.priority for name, desk in declared.items()} == {"sales": "normal", "support": "high"}
    assert set(read_sources(back, {"DESK_SECRET": _SECRET})) == {"desk"}


def test_the_business_hours_are_those_of_the_policy_that_ships() -> None:
    window = default_policy().channels.table(Channel.HAND_OFF).window
    assert window.spec == {"mon-fri": "09:00-17:00"}
    assert '`{ mon-fri = "09:00-17:00" }`' in (_DOCS / "hand-off.md").read_text(encoding="utf-8")
