"""The files that a deployment names in its settings: read at start, or refused with the setting and the place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fermata.deployment import deployment_verbs, deployment_webhooks
from fermata.errors import ConfigurationError
from fermata.events.verbs import standard_verbs
from fermata.settings import Settings

READERS: dict[str, Callable[[Path], object]] = {
    "FERMATA_VERBS": lambda path: deployment_verbs(Settings(verbs=path)),
    "FERMATA_WEBHOOKS": lambda path: deployment_webhooks(Settings(webhooks=path), {}),
}


def test_without_files_the_standard_events_hold_and_nobody_sends_webhooks() -> None:
    assert deployment_verbs(Settings()) is standard_verbs()
    assert deployment_webhooks(Settings(), {}) == {}


def test_what_the_files_say_holds(tmp_path: Path) -> None:
    verbs, webhooks = tmp_path / "verbs.toml", tmp_path / "webhooks.toml"
    verbs.write_text('[verbs."Product Added"]\naliases = ["ajouté au panier"]\n', encoding="utf-8")
    webhooks.write_text('[sources.shop]\nkind = "shopify"\nsecrets = ["HUSH"]\n', encoding="utf-8")
    settings = Settings(verbs=verbs, webhooks=webhooks)
    found = deployment_verbs(settings).find("Ajouté au panier")
    assert found is not None
    assert found.name == "Product Added"
    assert set(deployment_webhooks(settings, {"HUSH": "secret"})) == {"shop"}


@pytest.mark.parametrize("variable", sorted(READERS))
@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read: No such file"), (b"a = 1\nb = '\xff'", "line 2 is not UTF-8"), (b"a = [", "not TOML")],
)
def test_a_file_that_cannot_be_read_is_named_with_its_setting(
    tmp_path: Path, variable: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / "file.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as refusal:
        READERS[variable](path)
    assert str(refusal.value).startswith(f"{variable}={path}")
    assert said in str(refusal.value)


def test_the_settings_are_paths_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERMATA_VERBS", "own/verbs.toml")
    monkeypatch.setenv("FERMATA_WEBHOOKS", "own/webhooks.toml")
    settings = Settings()
    assert (settings.verbs, settings.webhooks) == (Path("own/verbs.toml"), Path("own/webhooks.toml"))
