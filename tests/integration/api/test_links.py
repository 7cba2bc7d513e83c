"""The pages behind links in messages: a look changes nothing, a button does at once, nobody can speak for others."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.channels import Site
from fermata.database import Pool
from fermata.journeys import JourneyDefinition, Registry, Trigger
from fermata.ledger import decide_and_reserve
from fermata.policy import default_document
from fermata.profiles.consent_links import ConfirmLink, ConsentLinks, UnsubscribeLink
from fermata.vocabulary import Channel, ConsentPurpose
from tests.people import NOON, Enrolled, enrol
from tests.policies import under

REGISTRY = Registry(
    {"opt_in": JourneyDefinition(trigger=Trigger("Subscription Requested"), goal="Subscription Confirmed")}
)
LINKS = ConsentLinks(SecretStr("s" * 32), "")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def public(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's browser, or their mail provider: without any key."""
    app = create_app(pool=pool, registry=REGISTRY, links=LINKS, site=Site(name="Shoes & Co"))
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as client:
        yield client


@pytest.fixture
async def ada(pool: Pool) -> Enrolled:
    """Somebody who waits for an email in the morning, in the run of an opt-in."""
    ada = await enrol(pool, journey="opt_in")
    await pool.execute(
        "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', 'ada', $1, $2)",
        ada.profile_id,
        NOON,
    )
    night = NOON + timedelta(hours=11)
    await decide_and_reserve(pool, await under(pool, default_document()), ada.attempt("night", asked_at=night), night)
    return ada


def stop(ada: Enrolled, **changes: Any) -> str:
    values = {"profile_id": ada.profile_id, "channel": Channel.EMAIL, "purpose": ConsentPurpose.MARKETING, **changes}
    return LINKS.unsubscribe_url(UnsubscribeLink(**values))


def yes(ada: Enrolled, *, within: timedelta = timedelta(days=7), **changes: Any) -> str:
    values = {"profile_id": ada.profile_id, "channel": Channel.EMAIL, "purpose": ConsentPurpose.MARKETING, **changes}
    return LINKS.confirm_url(ConfirmLink(**values, expires_at=datetime.now(UTC) + within))


async def marketing(pool: Pool) -> Any:
    return await pool.fetchval("SELECT consent #>> '{email,marketing}' FROM profiles")


async def entries(pool: Pool, source: str) -> int:
    count = await pool.fetchval("SELECT count(*) FROM consent_log WHERE source = $1", source)
    assert isinstance(count, int)
    return count


async def test_a_look_changes_nothing_however_often_a_scanner_follows_the_links(
    public: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    before = await pool.fetchrow("SELECT * FROM profiles")
    for url in (stop(ada, topic="offers"), yes(ada)):
        for _ in range(3):
            answer = await public.get(url)
            assert answer.status_code == 200
    assert await pool.fetchrow("SELECT * FROM profiles") == before
    assert await pool.fetchval("SELECT count(*) FROM dispatches") == 0
    assert await entries(pool, "unsubscribe link") == await entries(pool, "double opt-in") == 0


@pytest.mark.parametrize("content", [{"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}, {}])
async def test_one_click_withdraws_at_once_and_whatever_waits_is_told(
    public: httpx.AsyncClient, pool: Pool, ada: Enrolled, content: dict[str, Any]
) -> None:
    answer = await public.post(stop(ada, decision_id=ada.run_id), headers={"User-Agent": "Mail"}, **content)
    assert answer.status_code == 200
    assert "You get no news and offers from Shoes &amp; Co by email any more" in answer.text
    assert await marketing(pool) == "revoked"
    assert await pool.fetchval("SELECT kind FROM dispatches WHERE run_id = $1", ada.run_id) == "reconsider"
    row = await pool.fetchrow("SELECT evidence, stated_as FROM consent_log WHERE source = 'unsubscribe link'")
    assert row["evidence"]["decision_id"] == str(ada.run_id)
    assert (row["evidence"]["user_agent"], row["evidence"]["ip"]) == ("Mail", "127.0.0.1")
    assert row["stated_as"] == "user_id:ada"
    assert "any more" in (await public.get(stop(ada))).text


async def test_journeys_hear_that_somebody_unsubscribed_by_the_link_once(
    public: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    for _ in range(2):
        await public.post(stop(ada, topic="offers"), data=ONE_CLICK)
    (heard,) = await pool.fetch("SELECT name, properties, profile_id FROM events WHERE name = 'Unsubscribed'")
    assert heard["properties"] == {"channel": "email", "purpose": "marketing", "topic": "offers"}
    assert heard["profile_id"] == ada.profile_id


async def test_a_topic_alone_can_be_refused_on_the_page(public: httpx.AsyncClient, pool: Pool, ada: Enrolled) -> None:
    await pool.execute("UPDATE profiles SET topics = $1", {"news": True, "recalls": False})
    shown = (await public.get(stop(ada, topic="new_shoes"))).text
    assert re.findall(r'name="keep" value="(\w+)"( checked)?', shown) == [
        ("new_shoes", " checked"),
        ("news", " checked"),
        ("recalls", ""),
    ]
    form = {"wish": "topics", "topic": ["new_shoes", "news", "recalls", "forged"], "keep": ["news"]}
    answer = await public.post(stop(ada, topic="new_shoes"), data=form)
    assert "nothing more of new shoes, recalls" in answer.text
    assert await pool.fetchval("SELECT topics FROM profiles") == {"new_shoes": False, "news": True, "recalls": False}
    assert await marketing(pool) == "granted"


async def test_the_person_confirms_and_journeys_hear_of_it(
    public: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    await public.post(stop(ada), data=ONE_CLICK)
    url = yes(ada, topic="news", decision_id=ada.run_id)
    assert "Nothing is sent until you say yes" in (await public.get(url)).text
    answer = await public.post(url)
    assert "Thank you" in answer.text
    assert await marketing(pool) == "granted"
    assert await pool.fetchval("SELECT topics FROM profiles") == {"news": True}
    row = await pool.fetchrow("SELECT evidence FROM consent_log WHERE source = 'double opt-in'")
    assert row["evidence"]["wording"] == "Yes, subscribe me"
    assert row["evidence"]["decision_id"] == str(ada.run_id)
    event = await pool.fetchrow("SELECT * FROM events WHERE name = 'Subscription Confirmed'")
    assert (event["profile_id"], event["routing"]) == (ada.profile_id, {"opt_in": "reached"})
    assert event["properties"] == {"channel": "email", "purpose": "marketing", "topic": "news"}


async def test_a_confirmation_followed_again_later_takes_no_withdrawal_back(
    public: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    url = yes(ada)
    await public.post(url)
    await public.post(stop(ada), data=ONE_CLICK)
    answer = await public.post(url)
    assert "You have unsubscribed since then" in answer.text
    assert await marketing(pool) == "revoked"
    assert await entries(pool, "double opt-in") == 1
    assert await pool.fetchval("SELECT count(*) FROM events WHERE name = 'Subscription Confirmed'") == 1


async def test_links_that_are_none_of_ours_or_too_old_are_refused_in_words(
    public: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    forged = stop(ada)[:-4] + "AAAA"
    for answer, status, words in (
        (await public.get(forged), 404, "not one of ours"),
        (await public.post(forged, data=ONE_CLICK), 404, "not one of ours"),
        (await public.get(yes(ada, within=-timedelta(days=1))), 410, "This link was good until"),
        (await public.post(yes(ada, within=-timedelta(days=1))), 410, "This link was good until"),
        (await public.post(yes(ada).replace("/confirm/", "/unsubscribe/")), 404, "not one of ours"),
    ):
        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("text/html")
        assert words in answer.text
    assert await marketing(pool) == "granted"
    assert await entries(pool, "unsubscribe link") == 0


async def test_pages_load_nothing_run_nothing_and_are_kept_nowhere(public: httpx.AsyncClient, ada: Enrolled) -> None:
    for url in (stop(ada), yes(ada), "/unsubscribe/nonsense"):
        answer = await public.get(url)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert not re.search(
            r"<script|https?://|<img|<link|set-cookie", answer.text + str(answer.headers), re.IGNORECASE
        )


async def test_without_a_secret_a_link_is_refused_and_the_log_says_why(pool: Pool, ada: Enrolled) -> None:
    server = HttpServer(create_app(pool=pool, registry=REGISTRY))
    async with server, httpx.AsyncClient() as client:
        answer = await client.post(f"{server.url}{stop(ada)}", data=ONE_CLICK)
    assert answer.status_code == 503
    assert "finds the reason in the log" in answer.text
