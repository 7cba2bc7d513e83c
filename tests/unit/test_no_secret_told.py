"""No error and no picture of the settings tells a secret, also where it is written wrong."""

import pytest

from fermata.channels.smtp_address import SmtpAddress
from fermata.database_address import check_database_address
from fermata.errors import ConfigurationError
from fermata.privacy import master_keys_from
from fermata.settings import Settings, read_settings

SECRET = "hush-hush"


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://u:{SECRET}/x@db/fermata",
        f"postgresql://u:{SECRET}#x@db/fermata",
        f"postgresql://u:a?{SECRET}@db/fermata",
        f"postgresql://u@db:{SECRET}/fermata",
        f"postgresql://u:{SECRET}@[::1/fermata",
        f"postgresql://u:{SECRET}@db/fermata?sslmode",
        f"mysql://u:{SECRET}@db/fermata",
        SECRET,
    ],
)
def test_an_address_of_postgres_that_cannot_be_read_is_not_shown(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("FERMATA_DATABASE_URL", address)
    with pytest.raises(ConfigurationError, match=r"^FERMATA_DATABASE_URL=…: .* write / \? # as ") as error:
        read_settings()
    assert SECRET not in str(error.value)
    assert error.value.__suppress_context__, "nor in a traceback"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://postgres@127.0.0.1:5432/fermata",
        "postgres://u:p%2Fw%40%23@db.example.com/fermata?sslmode=verify-full&sslrootcert=/etc/db.pem",
        "postgresql://u:p:w!$&'()*+,;=@one:5432,two,[::1]:5433/fermata",
        "postgresql://u:p@ss@db/fermata",
        "postgresql:///fermata?host=/run/postgresql",
        "postgresql://",
    ],
)
def test_an_address_that_asyncpg_can_read_is_taken(address: str) -> None:
    assert check_database_address(address) == address


@pytest.mark.parametrize("name", ["FERMATA_SECRET_KEY", "FERMATA_METRICS_TOKEN"])
def test_a_secret_that_is_too_short_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, SECRET)
    with pytest.raises(ConfigurationError, match=f"^{name}=…") as error:
        read_settings()
    assert SECRET not in str(error.value)


def test_settings_do_not_show_what_is_secret_in_them() -> None:
    long = f"{SECRET} and long enough to be one"
    settings = Settings(
        database_url=f"postgresql://u:{SECRET}@db/fermata",
        smtp_url=f"smtp://u:{SECRET}@mail",
        secret_key=long,
        metrics_token=long,
        master_keys=long,
        provider_token=long,
    )
    assert SECRET not in f"{settings!r} {settings}"


@pytest.mark.parametrize("url", [f"smtp://u:{SECRET}/x@mail", f"smtp://u:{SECRET}@[::1", f"smtps://u@mail:{SECRET}"])
def test_an_address_of_a_mail_server_that_cannot_be_read_is_not_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_SMTP_URL") as error:
        SmtpAddress.parse(url)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("text", [SECRET, f"one={SECRET}", f"{SECRET}=", f"one={SECRET},one={SECRET}"])
def test_master_keys_that_cannot_be_read_are_not_shown(text: str) -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_MASTER_KEYS, part 1") as error:
        master_keys_from(text)
    assert SECRET not in str(error.value)
