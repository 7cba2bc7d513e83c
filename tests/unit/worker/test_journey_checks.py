"""A journey that cannot work is refused when the worker starts, with file, line and mend."""

import shutil
from pathlib import Path

import pytest

from fermata.channels import Templates
from fermata.errors import ConfigurationError, DefinitionError
from fermata.events.verbs import read_verbs, standard_verbs
from fermata.journeys import Message
from fermata.policy import default_policy
from fermata.vocabulary import Channel
from tests.journeys import mistaken
from worker.journey_checks import check_journeys
from workflows import cart_recovery
from workflows.discovery import Journeys, discover
from workflows.journey import Journey

SHIPPED = discover(("workflows",))


def test_the_journeys_that_ship_pass() -> None:
    check_journeys(SHIPPED, Templates(SHIPPED.template_roots), default_policy())


def test_every_mistake_is_named_with_file_line_and_mend_at_once() -> None:
    journeys = Journeys({"mistaken": mistaken.Mistaken})
    with pytest.raises(DefinitionError) as caught:
        check_journeys(journeys, Templates(SHIPPED.template_roots), default_policy())
    source = Path(mistaken.__file__)
    lines = source.read_text(encoding="utf-8").splitlines()
    waits = next(number for number, line in enumerate(lines, 1) if '"Never Listed"' in line)
    message = next(number for number, line in enumerate(lines, 1) if line.startswith("UNWRITTEN"))
    told = str(caught.value)
    assert f"{source}:{waits}: waits for 'Never Listed'" in told
    assert "add it to listens_to=" in told
    assert f"{source}:{message}: message 'never_written' has no template" in told
    assert told.count("write it") >= 4
    entry = next(number for number, line in enumerate(lines, 1) if '"added_to_cart"' in line)
    assert f"{source}:{entry}: 'added_to_cart' comes in under its standard name; write 'Product Added'" in told
    assert f"{source}:{message}: no journey is named 'never_shipped'; there are mistaken" in told
    assert f"{source}:{message}: 'never_written' is marketing in a transactional journey" in told


def test_a_message_needs_words_for_the_channels_that_may_stand_in_for_its_own(tmp_path: Path) -> None:
    (root,) = SHIPPED.template_roots
    copy = tmp_path / "templates"
    shutil.copytree(root, copy)
    (copy / "cart_reminder" / "card.title.liquid").unlink()
    with pytest.raises(DefinitionError, match=r"cart_reminder/card\.title\.liquid; write it"):
        check_journeys(SHIPPED, Templates((copy,)), default_policy())


def test_an_event_under_another_name_than_its_standard_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = cart_recovery.CartRecovery.definition.model_copy(update={"goal": "added_to_cart"})
    monkeypatch.setattr(cart_recovery.CartRecovery, "definition", renamed)
    with pytest.raises(
        DefinitionError, match="'added_to_cart' comes in under its standard name; write 'Product Added'"
    ):
        check_journeys(SHIPPED, Templates(SHIPPED.template_roots), default_policy())


def test_two_journeys_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    twins = tmp_path / "twins"
    twins.mkdir()
    (twins / "__init__.py").touch()
    shutil.copy(cart_recovery.__file__, twins / "twin.py")
    monkeypatch.syspath_prepend(tmp_path)
    places = r"\S+/cart_recovery\.py:\d+: \w+ and \S+/twin\.py:\d+: \w+"
    with pytest.raises(DefinitionError, match=rf"two journeys are named 'cart_recovery': {places}; rename one"):
        discover(("workflows", "twins"))


def test_a_journey_without_a_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nameless(Journey):
        pass

    Nameless.__module__ = cart_recovery.__name__
    monkeypatch.setattr(cart_recovery, "Nameless", Nameless, raising=False)
    with pytest.raises(DefinitionError, match=r"Nameless is a Journey without @workflow.defn"):
        discover(("workflows",))


def test_a_package_that_is_not_there_is_named_with_its_setting() -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_JOURNEYS names 'no_such_package'"):
        discover(("no_such_package",))


def test_a_message_that_names_an_unknown_channel_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match="only a substitute"):
        Message(key="hello", channels=(Channel.INBOX,))


def test_an_event_under_another_name_of_the_deployments_own_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = cart_recovery.CartRecovery.definition.model_copy(update={"goal": "bestellt"})
    monkeypatch.setattr(cart_recovery.CartRecovery, "definition", renamed)
    templates = Templates(SHIPPED.template_roots)
    check_journeys(SHIPPED, templates, default_policy())
    own = read_verbs('[verbs."Order Completed"]\naliases = ["bestellt"]', over=standard_verbs())
    with pytest.raises(DefinitionError, match="'bestellt' comes in under its standard name; write 'Order Completed'"):
        check_journeys(SHIPPED, templates, default_policy(), own)


def test_a_deployment_may_run_some_of_the_journeys_that_ship() -> None:
    some = discover(("workflows.cart_recovery", "workflows.double_opt_in"))
    assert sorted(some.classes) == ["cart_recovery", "double_opt_in"]
    assert some.template_roots == SHIPPED.template_roots
    check_journeys(some, Templates(some.template_roots), default_policy())
