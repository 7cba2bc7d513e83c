"""A door with three small journeys, and a way to read what it left in the database."""

from datetime import timedelta

import pytest

from fermata.database import Pool
from fermata.ingest import Ingest
from fermata.journeys import After, Always, JourneyDefinition, Registry, Trigger


@pytest.fixture(scope="session")
def registry() -> Registry:
    """``cart`` has a goal and re-entry after a week, ``welcome`` starts once, ``browse`` again and again."""
    return Registry(
        {
            "cart": JourneyDefinition(
                trigger=Trigger("Product Added"),
                goal="Order Completed",
                exit_on=("Cart Cleared",),
                listens_to=("Product Viewed",),
                reentry=After(timedelta(days=7)),
            ),
            "welcome": JourneyDefinition(trigger=Trigger("Signed Up")),
            "browse": JourneyDefinition(
                trigger=Trigger("Category Viewed"), goal="Order Completed", reentry=Always(), holdout=0.5
            ),
        }
    )


@pytest.fixture
def door(pool: Pool, registry: Registry) -> Ingest:
    """The ingest on this test's own database."""
    return Ingest(pool, registry)
