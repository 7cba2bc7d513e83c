"""``fermata profile``: somebody who does not write code sees who a person is and what happened to them."""

import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import httpx
import pytest
from rich.cells import cell_len
from rich.console import Console

from cli.profile.portrait import Portrait
from fermata.database import Pool
from fermata.view import read_profile, read_timeline
from tests.integration.api.served import serving
from tests.integration.view.lives import Life, buy, come_by_phone_and_sign_in, live
from tests.people import enrol

Fermata = Callable[..., "CompletedProcess[str]"]
NOBODY = "01a20f57-0000-7000-8000-000000000000"


@pytest.fixture
async def sender(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API on this test's own database."""
    async with serving(pool) as served, served.sender() as client:
        yield client


@pytest.fixture
async def ada(pool: Pool, sender: httpx.AsyncClient) -> Life:
    """Ada with her life."""
    return await live(pool, sender, "ada")


async def test_a_person_is_shown_with_what_waits_and_what_happened_lately(
    pool: Pool, sender: httpx.AsyncClient, fermata: Fermata, ada: Life
) -> None:
    await come_by_phone_and_sign_in(pool, sender)
    told = fermata("profile", "show", "--user-id", "ada")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("Ada, known since ")
    for part in (
        f"profile {ada.id}",
        "1 other profile became part of it",
        "user id       ada",
        "anonymous id  visitor-ada, phone-of-ada",
        "they said so; there it is ",
        "country       GB, by their address",
        "a…@example.com",
        "marketing yes",
        "marketing no",
        "quiet hours   23:00-06:00",
        "first_name    Ada",
        "cart  active  since ",
        "hello by email  until ",
        "marketing  2 in 24 hours, 2 in seven days",
        "send hello by email, every rule lets it through",
        str(ada.sent.id),
        "hello by email failed: the provider refused it",
        "in-app, unread: Your cart waits",
        "Product Added  cart: started",
    ):
        assert part in told.stdout, f"{part}\n{told.stdout}"
    assert "\x1b" not in told.stdout
    assert "ada@example.com" not in told.stdout


async def test_every_line_fits_80_columns_whatever_is_known(pool: Pool, sender: httpx.AsyncClient, ada: Life) -> None:
    await buy(pool, sender, ada)
    await come_by_phone_and_sign_in(pool, sender)
    bare = (await enrol(pool, time_zone=None, country=None, addresses={}, consent={})).profile_id
    odd = (await enrol(pool, quiet_hours={"start": "22:00", "end": "07:00"})).profile_id
    await pool.execute(
        "UPDATE profiles SET do_not_disturb = true, preferred_channels = $2, topics = $3, traits = $4 WHERE id = $1",
        odd,
        ["sms", "email"],
        {"shoes": True, "hats": False},
        {"note": "long " * 60, "tags": [1, {"a": [None]}], "unbroken": "x" * 200},
    )
    for profile_id in (ada.id, bare, odd):
        view = await read_profile(pool, profile_id, datetime.now(UTC))
        entries = (await read_timeline(pool, profile_id, limit=50)).items
        file = io.StringIO()
        Console(file=file, width=80, highlight=False).print(Portrait(view, entries))
        assert max(cell_len(line) for line in file.getvalue().splitlines()) <= 80, file.getvalue()


async def test_json_is_the_view_of_the_api_and_nothing_else(fermata: Fermata, ada: Life) -> None:
    document = json.loads(fermata("profile", "show", str(ada.id), "--json").stdout)
    assert (document["id"], document["runs"]["active"][0]["journey"]) == (str(ada.id), "cart")


async def test_an_export_goes_to_stdout_or_into_a_file_of_our_own(fermata: Fermata, ada: Life, tmp_path: Path) -> None:
    printed = fermata("profile", "export", "--email", "ada@example.com")
    assert json.loads(printed.stdout)["profiles"][0]["addresses"]["email"] == "ada@example.com"
    file = tmp_path / "ada.json"
    file.write_text("something else")
    saved = fermata("profile", "export", str(ada.id), "--out", str(file))
    assert (saved.returncode, saved.stdout) == (0, "")
    assert saved.stderr == f"{file}: {file.stat().st_size:,} bytes\n"
    assert json.loads(file.read_text())["profile_id"] == str(ada.id)
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_file_that_cannot_be_written_is_named_and_nothing_is_left_behind(
    fermata: Fermata, ada: Life, tmp_path: Path
) -> None:
    for place in (tmp_path / "nowhere" / "ada.json", tmp_path):
        ended = fermata("profile", "export", str(ada.id), "--out", str(place))
        assert ended.returncode == 1
        assert ended.stderr.startswith(f"fermata: {place}: cannot be written: ")
        assert len(ended.stderr.splitlines()) == 1
    missing = fermata("profile", "export", NOBODY, "--out", str(tmp_path / "nobody.json"))
    assert missing.returncode == 1
    assert _left(tmp_path) == []
    assert [path for path in _left(tmp_path.parent) if path.name.startswith(f".{tmp_path.name}.")] == []


def _left(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ((), 2, "give the profile's id or one of"),
        ((NOBODY, "--user-id", "ada"), 2, "give the profile's id or one of"),
        (("ada",), 2, "should be a valid UUID"),
        ((NOBODY,), 1, f"fermata: no profile has the id {NOBODY}\n"),
        (("--email", "nobody@example.com"), 1, "fermata: no profile has the email 'nobody@example.com'\n"),
        (("--phone", "12"), 1, "with its country code"),
    ],
    ids=["nobody is named", "two are named", "no id", "an unknown id", "an unknown address", "no number"],
)
@pytest.mark.parametrize("command", ["show", "export"])
def test_what_cannot_be_found_is_told_with_its_status(
    fermata: Fermata, command: str, arguments: tuple[str, ...], status: int, told: str
) -> None:
    ended = fermata("profile", command, *arguments)
    assert (ended.returncode, ended.stdout) == (status, "")
    assert told in ended.stderr


def test_help_has_examples(fermata: Fermata) -> None:
    assert "Example: fermata profile show --email ada@example.com" in fermata("profile", "show", "--help").stdout
    assert (
        "Example: fermata profile export --user-id ada --out ada.json" in fermata("profile", "export", "--help").stdout
    )
