"""Which build a worker is of, from the environment."""

import pytest

from fermata.errors import ConfigurationError
from fermata.settings import read_settings


def test_a_variable_that_is_set_to_nothing_leaves_versions_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERMATA_BUILD_ID", "")
    assert read_settings().build_id is None


@pytest.mark.parametrize(("name", "value"), [("FERMATA_BUILD_ID", "a:b"), ("FERMATA_DEPLOYMENT", "a.b")])
def test_a_name_that_temporal_cannot_tell_apart_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"{name}='{value}'"):
        read_settings()
