"""``fermata traits show`` and ``train``, called as they are on a command line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from subprocess import CompletedProcess

from fermata.database import Pool, new_id
from tests.integration.traits.people import Did, Somebody, write

Fermata = Callable[..., "CompletedProcess[str]"]
DAY = timedelta(days=1)


def shoppers(number: int) -> list[Somebody]:
    """People of five kinds: the keener, the more often they come and the likelier they buy; some skip a month."""
    random, now = Random(7), datetime.now(UTC)  # noqa: S311 - a made-up crowd, the same each time
    crowd = []
    for _ in range(number):
        keen, did = random.randrange(5), []
        for month in range(random.randint(1, 8)):
            if random.random() > 0.4 + 0.15 * keen:
                continue
            begin = now - (month + 1) * 30 * DAY
            did += [
                Did("Product Viewed", begin + random.random() * 30 * DAY, {"category": "Shoes"}) for _ in range(keen)
            ]
            if random.random() < 0.05 + 0.2 * keen:
                order = {"order_id": str(month), "revenue": 20, "currency": "EUR"}
                did.append(Did("Order Completed", begin + random.random() * 30 * DAY, order))
        crowd.append(Somebody(did))
    return crowd


async def test_a_cold_start_is_told_in_words_and_nothing_fails(fermata: Fermata, pool: Pool) -> None:
    ada = Somebody([Did("Product Viewed", datetime.now(UTC) - DAY, {"category": "Shoes"})])
    await write(pool, ada)
    trained = fermata("traits", "train")
    assert (trained.returncode, trained.stderr) == (0, "")
    assert "purchase propensity: not trained: there are 0 people to train on" in " ".join(trained.stdout.split())
    shown = fermata("traits", "show", str(ada.id))
    assert (shown.returncode, shown.stderr) == (0, "")
    words = " ".join(shown.stdout.split())
    assert "customer no: no order that stands" in words
    assert "interest Shoes 100%" in words
    assert "will buy no score: no model is in force: the last training" in words


async def test_a_trained_model_is_shown_with_its_calibration_and_scores_people(fermata: Fermata, pool: Pool) -> None:
    crowd = shoppers(900)
    await write(pool, *crowd)
    trained = fermata("traits", "train")
    assert (trained.returncode, trained.stderr) == (0, "")
    for line in ("purchase propensity: in force", "Brier score", "AUC", "foretold  came true"):
        assert line in trained.stdout
    keenest = max(crowd, key=lambda person: len(person.did))
    found = json.loads(fermata("traits", "show", str(keenest.id), "--json").stdout)
    assert found["purchase_propensity"]["probability"] > 0.5
    assert found["rfm"]["segment"] in {"champions", "loyal", "potential loyalists"}
    report = json.loads(fermata("traits", "train", "--json").stdout)
    by_kind = {model["kind"]: model for model in report["models"]}
    assert by_kind["purchase_propensity"]["assessment"]["auc"] > 0.6
    assert report["population"]["customers"] == found["rfm"]["customers"]


async def test_a_deployment_scores_leads_by_rules_of_its_own(fermata: Fermata, pool: Pool, tmp_path: Path) -> None:
    ada = Somebody([Did("Song Played", datetime.now(UTC))])
    await write(pool, ada)
    rules = tmp_path / "mine.toml"
    rules.write_text(
        'version = 1\nhalf_life = "7d"\nwarm = 1\nhot = 5\n[rules.sang]\nevent = "Song Played"\npoints = 9\n'
    )
    shown = fermata("traits", "show", str(ada.id), FERMATA_LEAD_SCORE=str(rules))
    assert "+9.0 sang: Song Played" in shown.stdout
    assert "9.0, hot" in shown.stdout
    profile = fermata("profile", "show", str(ada.id), "--json", FERMATA_LEAD_SCORE=str(rules))
    assert json.loads(profile.stdout)["live_traits"]["lead"]["warmth"] == "hot"
    rules.write_text('version = 1\nhalf_life = "soon"\nwarm = 1\nhot = 5\n[rules.sang]\nevent = "x"\npoints = 9\n')
    refused = fermata("traits", "show", str(ada.id), FERMATA_LEAD_SCORE=str(rules))
    assert refused.returncode == 1
    assert f"{rules}: line 2, half_life = 'soon'" in refused.stderr
    assert fermata("api", FERMATA_LEAD_SCORE=str(rules)).stderr == refused.stderr  # it does not start


async def test_who_is_not_there_is_told_and_who_was_merged_is_found(fermata: Fermata, pool: Pool) -> None:
    ada, former = Somebody([Did("Song Played", datetime.now(UTC))]), new_id()
    await write(pool, ada)
    absent = fermata("traits", "show", str(former))
    assert (absent.returncode, absent.stderr) == (1, f"fermata: no profile {former}; was it erased?\n")
    await pool.execute(
        "INSERT INTO profile_merges (loser_id, survivor_id, message_id, name, other_name, merged_at)"
        " VALUES ($1, $2, 'm', 'user_id:ada', 'anonymous_id:a', now())",
        former,
        ada.id,
    )
    assert str(ada.id) in fermata("traits", "show", str(former)).stdout
