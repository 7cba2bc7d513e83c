"""The 360 view over HTTP: all that is known of somebody, found by id and by name, without an address in full."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import pytest

from fermata.access import Scope, create_key
from fermata.database import Pool
from tests.integration.api.served import Served
from tests.integration.view.lives import Life, buy, come_by_phone_and_sign_in, first_calls, live

PATH = "/api/v1/profiles"
NOBODY = UUID("01a20f57-0000-7000-8000-000000000000")


@pytest.fixture
async def ada(pool: Pool, sender: httpx.AsyncClient) -> Life:
    """Ada with her life, beside Grace with hers."""
    await live(pool, sender, "grace")
    return await live(pool, sender, "ada")


async def _view(operator: httpx.AsyncClient, path: str, **parameters: str) -> dict[str, Any]:
    answer = await operator.get(f"{PATH}{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_the_view_has_what_came_in_by_the_door(operator: httpx.AsyncClient, ada: Life) -> None:
    view = await _view(operator, f"/{ada.id}")
    names = {(name["kind"], name["value"]) for name in view["identities"]}
    assert {("user_id", "ada"), ("anonymous_id", "visitor-ada")} <= names
    assert (view["place"]["country"], view["place"]["country_source"]) == ("GB", "address")
    assert view["place"]["time_zone_source"] == "profile"
    assert datetime.fromisoformat(view["place"]["local_time"]).hour in (12, 13)
    said = {(each["channel"], each["purpose"], each["status"]) for each in view["consent"]["now"]}
    assert said == {("email", "marketing", "granted"), ("sms", "marketing", "revoked")}
    assert all(each["stated_at"] for each in (*view["consent"]["now"], *view["addresses"]))
    assert view["preferences"]["quiet_hours"] == {"start": "23:00", "end": "06:00"}
    assert view["traits"]["first_name"] == "Ada"
    assert view["session"]["active"] is True
    assert view["asked_for"] is None


async def test_consent_is_told_with_every_word_that_led_to_it(
    sender: httpx.AsyncClient, operator: httpx.AsyncClient, ada: Life
) -> None:
    withdrawn = {"userId": "ada", "messageId": "no", "traits": {"consent": {"email": {"marketing": "revoked"}}}}
    assert (await sender.post("/v1/identify", json=withdrawn)).status_code == 200
    consent = (await _view(operator, f"/{ada.id}"))["consent"]
    email = next(each for each in consent["now"] if each["channel"] == "email")
    said = [(each["channel"], each["status"], each["message_id"]) for each in consent["history"]]
    assert said[0] == ("email", "revoked", "no")
    assert set(said[1:]) == {("email", "granted", "ada-is"), ("sms", "revoked", "ada-is")}
    assert (email["status"], email["stated_at"]) == ("revoked", consent["history"][0]["occurred_at"])
    timeline = (await operator.get(f"{PATH}/{ada.id}/timeline", params={"kinds": "consent"})).json()["items"]
    assert [(each["channel"], each["status"], each["message_id"]) for each in timeline] == said


async def test_the_view_has_what_was_decided_sent_and_held(operator: httpx.AsyncClient, ada: Life) -> None:
    view = await _view(operator, f"/{ada.id}")
    (run,) = view["runs"]["active"]
    assert (run["id"], run["journey"], run["state"], run["trigger"]) == (
        str(ada.person.run_id),
        "cart",
        "active",
        "Product Added",
    )
    assert view["runs"]["past"] == []
    assert [decision["step"] for decision in view["decisions"]] == ["e", "d", "c", "b", "a"]
    (held,) = view["waiting"]
    assert (held["decision_id"], held["step"], held["reason"]) == (str(ada.waiting.id), "d", "frequency_capped")
    due, local = (datetime.fromisoformat(held[name]) for name in ("next_eligible_at", "next_eligible_local"))
    assert due == local
    assert local.utcoffset() == datetime.fromisoformat(view["place"]["local_time"]).utcoffset()
    counted = {each["channel"]: (each["last_24_hours"], each["last_7_days"]) for each in view["exposures"]}
    assert counted == {"email": (2, 2), "in_app": (1, 1)}, "what the provider refused counts for nothing"


async def test_a_run_that_ended_is_past_and_nothing_of_it_waits(
    pool: Pool, sender: httpx.AsyncClient, operator: httpx.AsyncClient, ada: Life
) -> None:
    await buy(pool, sender, ada)
    view = await _view(operator, f"/{ada.id}")
    assert view["runs"]["active"] == view["waiting"] == []
    (run,) = view["runs"]["past"]
    assert (run["state"], run["reason"]) == ("converted", "Order Completed")


async def test_what_follows_from_their_events_is_as_of_now(
    pool: Pool, sender: httpx.AsyncClient, operator: httpx.AsyncClient, ada: Life
) -> None:
    page = {"campaign": {"source": "spring", "medium": "email", "name": "shoes"}}
    came = {"userId": "ada", "messageId": "ada-came", "event": "Product Viewed", "context": page}
    assert (await sender.post("/v1/track", json=came)).status_code == 200
    before = await _view(operator, f"/{ada.id}")
    assert (before["lifecycle"]["orders"], before["live_traits"]["rfm"]) == (0, None)
    assert before["live_traits"]["visits"]["number"] == 1
    assert (before["acquisition"]["latest"]["channel"], before["acquisition"]["latest"]["source"]) == (
        "email",
        "spring",
    )
    await buy(pool, sender, ada)
    after = await _view(operator, f"/{ada.id}")
    assert (after["lifecycle"]["stage"], after["lifecycle"]["orders"]) == ("customer", 1)
    assert after["live_traits"]["rfm"]["frequency"] == 1
    assert after["live_traits"]["lead"]["points"] > before["live_traits"]["lead"]["points"]


async def test_exposures_of_yesterday_and_last_week_are_counted_apart(
    pool: Pool, operator: httpx.AsyncClient, ada: Life
) -> None:
    for ago, step in ((timedelta(hours=25), "a"), (timedelta(days=8), "c")):
        moved = "UPDATE reservations SET exposed_at = $1 WHERE decision_id = (SELECT id FROM decisions d WHERE"
        await pool.execute(f"{moved} d.step = $2 AND d.profile_id = $3)", datetime.now(UTC) - ago, step, ada.id)
    view = await _view(operator, f"/{ada.id}")
    (email,) = (each for each in view["exposures"] if each["channel"] == "email")
    assert (email["last_24_hours"], email["last_7_days"]) == (0, 1)


async def test_no_address_is_shown_in_full_and_a_suppressed_one_says_so(
    pool: Pool, operator: httpx.AsyncClient, ada: Life
) -> None:
    await pool.execute(
        "INSERT INTO suppressions (channel, address, reason, created_at) VALUES"
        " ('email', 'ada@example.com', 'bounced', $1), ('email', 'grace@example.com', 'bounced', $1)",
        datetime.now(UTC),
    )
    answer = await operator.get(f"{PATH}/{ada.id}")
    view = answer.json()
    assert [each["address"] for each in view["addresses"] if each["channel"] == "email"] == ["a…@example.com"]
    (suppressed,) = view["suppressions"]
    assert (suppressed["channel"], suppressed["address"], suppressed["reason"]) == (
        "email",
        "a…@example.com",
        "bounced",
    )
    assert not [secret for secret in ("ada@example.com", "+442071838") if secret in answer.text]


async def test_somebody_is_found_by_each_of_their_names(operator: httpx.AsyncClient, ada: Life) -> None:
    number = first_calls("ada")[1]["traits"]["phone"]
    for name, value in {
        "user_id": "ada",
        "anonymous_id": "visitor-ada",
        "email": " Ada@Example.com",
        "phone": f"{number[:5]} {number[5:]}",
    }.items():
        assert (await _view(operator, "", **{name: value}))["id"] == str(ada.id), name
    for name, value in {"email": "ada@example.com", "phone": number}.items():
        hashed = sha256(value.encode()).hexdigest()
        assert (await _view(operator, "", **{name: hashed.upper()}))["id"] == str(ada.id), name


async def test_the_id_of_a_merged_profile_answers_the_one_that_it_became_part_of(
    pool: Pool, sender: httpx.AsyncClient, operator: httpx.AsyncClient, ada: Life
) -> None:
    merged = await come_by_phone_and_sign_in(pool, sender)
    view = await _view(operator, f"/{merged}")
    assert (view["id"], view["asked_for"]) == (str(ada.id), str(merged))
    (merge,) = view["merges"]
    assert (merge["id"], merge["message_id"]) == (str(merged), "phone-of-ada-in")
    assert {merge["name"], merge["other_name"]} == {"user_id:ada", "anonymous_id:phone-of-ada"}
    timeline = (await operator.get(f"{PATH}/{merged}/timeline", params={"kinds": "merge,event"})).json()
    assert timeline["profile_id"] == str(ada.id)
    told = [(entry["kind"], entry.get("name")) for entry in timeline["items"]]
    assert ("merge", merge["name"]) in told
    assert told.count(("event", "Product Viewed")) == 2, "the visitor's events are the person's"
    assert (await _view(operator, "", anonymous_id="phone-of-ada"))["id"] == str(ada.id)


@pytest.mark.parametrize(
    ("path", "status", "field", "told"),
    [
        (f"/{NOBODY}", 404, None, str(NOBODY)),
        (f"/{NOBODY}/timeline", 404, None, str(NOBODY)),
        (f"/{NOBODY}/export", 404, None, str(NOBODY)),
        (f"/{NOBODY}/timeline?cursor=nonsense", 400, "cursor", "'nonsense'"),
        (f"/{NOBODY}/timeline?limit=0", 422, "query.limit", "greater than or equal to 1"),
        (f"/{NOBODY}/timeline?kinds=event,song", 422, "query.kinds.1", "'event', "),
        ("/ada", 422, "path.profile", "UUID"),
        ("?user_id=nobody", 404, None, "no profile has the user id 'nobody'"),
        ("?anonymous_id=a%00", 400, "anonymous_id", "NUL"),
        ("?email=nobody@example.com", 404, None, "no profile has the email 'nobody@example.com'"),
        ("?email=nobody", 400, "email", "write it like 'ada@example.com'"),
        ("?phone=%2B442071838000", 404, None, "no profile has the phone '+442071838000'"),
        ("?phone=2071838000", 400, "phone", "country code"),
        ("?external_id=shopify:1", 404, None, "no profile has the external id 'shopify:1'"),
        ("", 400, None, "give exactly one of user_id, anonymous_id, email, phone, external_id"),
        ("?user_id=ada&email=ada@example.com", 400, None, "user_id and email are both given"),
    ],
    ids=str,
)
async def test_what_cannot_be_found_is_named(
    refused_operator: httpx.AsyncClient, path: str, status: int, field: str | None, told: str
) -> None:
    answer = await refused_operator.get(PATH + path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert told in answer.json()["detail"]
    assert answer.json().get("field") == field


async def test_the_view_is_for_keys_that_may_read_and_the_export_for_admins(
    pool: Pool, served: Served, ada: Life
) -> None:
    async with pool.acquire() as connection:
        reader = await create_key(connection, "support", [Scope.READ])

    async def statuses(headers: dict[str, str]) -> list[int]:
        async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
            paths = ("?user_id=ada", f"/{ada.id}", f"/{ada.id}/timeline", f"/{ada.id}/export")
            return [(await client.get(PATH + path)).status_code for path in paths]

    assert await statuses({}) == [401] * 4
    assert await statuses({"Authorization": f"Bearer {served.write_key}"}) == [403] * 4
    assert await statuses({"Authorization": f"Bearer {reader}"}) == [200, 200, 200, 403]


async def test_every_field_of_the_view_is_described_in_openapi(operator: httpx.AsyncClient) -> None:
    schemas = (await operator.get("/openapi.json")).json()["components"]["schemas"]
    parts = (
        "ProfileView",
        "Place",
        "Run",
        "WaitingMessage",
        "ChannelUse",
        "TimelinePage",
        "EventEntry",
        "DeliveryEntry",
    )
    for part in parts:
        bare = [
            name
            for name, field in schemas[part]["properties"].items()
            if not field.get("description") and "const" not in field
        ]
        assert bare == [], part
