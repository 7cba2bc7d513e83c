"""What operators do in the console, by click, in a real browser: runs, providers, events, the policy, an erasure."""

import json
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, Dialog, Page, expect

from fermata.erasure import Histories, finish
from tests.browser.accessibility import stumbles
from tests.browser.console_visits import logged_in
from tests.browser.console_world import ConsoleWorld


async def test_a_run_is_paused_resumed_skipped_and_ended(browser: Browser, console: ConsoleWorld) -> None:
    async with logged_in(browser, console, console.admin_key) as page:
        await page.goto(f"{console.url}/console/runs/{console.run.id}")
        for word, standing in (("Pause", "Paused"), ("Resume", "Wait"), ("Skip", ""), ("Exit", "")):
            await page.get_by_label("Why").fill(f"{word} by click")
            await page.get_by_role("button", name=word, exact=True).click()
            await expect(page.get_by_role("status")).to_contain_text("It was said")
            if standing:
                await expect(page.locator(".verdict")).to_contain_text(standing)
        said = page.get_by_role("row").filter(has_text="by click")
        await expect(said).to_have_count(4)
    assert [(action, by, result) for action, by, _, result in await console.run.actions()] == [
        (word, "admin", "done") for word in ("pause", "resume", "skip", "exit")
    ]


async def test_somebody_who_may_only_look_is_offered_nothing_to_press(browser: Browser, console: ConsoleWorld) -> None:
    async with logged_in(browser, console, console.read_key) as page:
        for place in (f"runs/{console.ada.person.run_id}", "operations", f"requests/people/{console.ada.id}"):
            await page.goto(f"{console.url}/console/{place}")
            await expect(page.locator("main form[method=post]")).to_have_count(0)


async def test_an_operator_holds_a_provider_and_mends_a_refused_event(browser: Browser, console: ConsoleWorld) -> None:
    async with logged_in(browser, console, console.admin_key) as page:
        await page.get_by_role("link", name="Operations").click()
        await page.get_by_role("button", name="Hold smtp", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("held")
        assert await console.pool.fetchval("SELECT held_by FROM provider_health WHERE name = 'smtp'") == "admin"
        await page.get_by_role("button", name="Release smtp", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("let in again")
        await page.get_by_text("Mend and send again").click()
        payload = page.get_by_label("Payload")
        await payload.fill((await payload.input_value()).replace("7", '"Product Viewed"', 1))
        await page.get_by_role("button", name="Send again", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("accepted")
        asked = _say_yes(page)
        await page.get_by_role("button", name="Drop dead letter 2").click()
        await expect(page.get_by_role("status")).to_contain_text("dropped")
        assert asked == ["Drop it for good? A run whose beginning it is ends."]


async def test_a_policy_is_tried_on_what_was_decided_before_it_is_put_in_force(
    browser: Browser, console: ConsoleWorld
) -> None:
    async with logged_in(browser, console, console.admin_key) as page:
        await page.get_by_role("link", name="Policy").click()
        await expect(page.get_by_role("button", name="Activate")).to_have_count(0)
        document = page.get_by_label("The document")
        text = await document.input_value()
        await document.fill("version = 7")
        await page.get_by_role("button", name="Try it").click()
        await expect(page.get_by_role("alert")).to_contain_text("cannot be used")
        await page.get_by_label("The document").fill(text)
        await page.get_by_role("button", name="Try it").click()
        await expect(page.get_by_text("It says what the policy in force says")).to_be_visible()
        await page.get_by_label("The document").fill(text.replace("limit = 2", "limit = 3", 1))
        await page.get_by_label("Why it changes").fill("One more a day")
        await page.get_by_role("button", name="Try it").click()
        await expect(page.get_by_text("decisions of the last 7 days")).to_be_visible()
        assert await stumbles(page) == []
        asked = _say_yes(page)
        await page.get_by_role("button", name="Activate").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Policy")
        assert asked == ["Put this policy in force for every worker?"]
        newest = page.get_by_role("row").nth(1)
        await expect(newest).to_contain_text("One more a day")
        await expect(newest).to_contain_text("in force")
        await newest.get_by_role("link").click()
        await expect(page.locator("pre")).to_contain_text("limit = 3")
        assert await stumbles(page) == []


async def test_a_person_is_exported_and_erased_and_the_receipt_says_how_far_it_is(
    browser: Browser, console: ConsoleWorld, tmp_path: Path
) -> None:
    async with logged_in(browser, console, console.admin_key) as page:
        await page.get_by_role("link", name="Data requests").click()
        await page.get_by_label("Profile id, email").fill("grace@example.com")
        await page.get_by_role("button", name="Find").click()
        await expect(page.get_by_role("row").filter(has_text="SMS, marketing")).to_contain_text("revoked")
        async with page.expect_download() as downloading:
            await page.get_by_role("link", name="Export").click()
        await (await downloading.value).save_as(tmp_path / "export.json")
        exported = json.loads((tmp_path / "export.json").read_text("utf-8"))
        assert exported["profile_id"] == str(console.grace.id)
        await expect(page.get_by_text("It cannot be taken back.", exact=True)).to_be_visible()
        await page.get_by_label("Why").fill("ticket 4711")
        await page.get_by_label("I know").check()
        asked = _say_yes(page)
        await page.get_by_role("button", name="Erase Grace").click()
        await expect(page.locator(".verdict")).to_contain_text("Nothing reaches them any more")
        assert asked == ["Erase Grace for good? It cannot be taken back."]
        await _finish(console)
        await page.reload()
        await expect(page.locator(".verdict")).to_contain_text("Nothing is left of them")
        assert await stumbles(page) == []
        await page.get_by_role("link", name="Data requests").first.click()
        await expect(page.get_by_role("row").filter(has_text="ticket 4711")).to_contain_text("finished")


def _say_yes(page: Page) -> list[str]:
    """Answers the browser's next question, and tells what it was."""
    asked: list[str] = []

    async def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await dialog.accept()

    page.once("dialog", answer)
    return asked


async def _finish(console: ConsoleWorld) -> None:
    """The second step of the erasure, as a worker takes it; what runs are told is delivered by hand."""
    now = datetime.now(UTC)
    await console.pool.execute("UPDATE dispatches SET delivered_at = $1 WHERE delivered_at IS NULL", now)
    assert await finish(console.pool, console.grace.id, Histories(), {"Order Completed"}, now) is not None
