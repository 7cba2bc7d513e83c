"""A message to an audience or a desk that nobody declares is refused when the worker starts."""

import re
import shutil
from pathlib import Path

import pytest

from fermata.audiences.declared import Audience, Audiences
from fermata.channels import Templates
from fermata.channels.hand_off_desks import Desk, read_desks
from fermata.errors import DefinitionError
from tests.journeys import escalation, retargeting
from worker.destination_checks import check_destinations
from workflows.discovery import Journeys

_JOURNEYS = Journeys({"retargeting": retargeting.Retargeting, "escalation": escalation.Escalation})
_TEMPLATES = Path(retargeting.__file__).parent / "templates"


def _audiences(*names: str) -> Audiences:
    return Audiences({name: Audience(name, "meta", "1") for name in names})


def _desks(*names: str) -> dict[str, Desk]:
    document = "".join(f'[{name}]\nurl = "https://crm.example.com"\nsecret = "S"\n' for name in names)
    return read_desks(document, {"S": "whsec_c2FsZXM="})


def test_names_that_are_declared_pass() -> None:
    check_destinations(_JOURNEYS, Templates((_TEMPLATES,)), _audiences("shoes"), _desks("sales", "support"))


def test_a_deployment_without_audiences_and_desks_starts_all_the_same() -> None:
    check_destinations(_JOURNEYS, Templates((_TEMPLATES,)), Audiences(), {})


def test_every_name_that_is_not_is_told_at_once() -> None:
    with pytest.raises(DefinitionError) as raised:
        check_destinations(_JOURNEYS, Templates((_TEMPLATES,)), _audiences("boots"), _desks("sales"))
    assert str(raised.value).splitlines() == [
        "shoes_ads/ads.audience.liquid: FERMATA_AUDIENCES declares no 'shoes'; there are: boots",
        "complaint_task/hand_off.to.liquid: FERMATA_HANDOFFS declares no 'support'; there are: sales",
    ]


def test_a_name_that_liquid_puts_together_is_looked_at_when_it_is_sent(tmp_path: Path) -> None:
    copy = tmp_path / "templates"
    shutil.copytree(_TEMPLATES, copy)
    (copy / "shoes_ads" / "ads.audience.liquid").write_text("{{ event.category | default: 'shoes' }}", encoding="utf-8")
    check_destinations(_JOURNEYS, Templates((copy,)), _audiences("boots"), _desks("sales", "support"))


def test_a_message_by_ads_needs_its_audience(tmp_path: Path) -> None:
    copy = tmp_path / "templates"
    shutil.copytree(_TEMPLATES, copy)
    (copy / "shoes_ads" / "ads.audience.liquid").unlink()
    missing = Templates((copy,)).missing(retargeting.SHOW_ADS)
    assert [re.sub(r".*/templates/", "", str(path)) for path in missing] == ["shoes_ads/ads.audience.liquid"]
