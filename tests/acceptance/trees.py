"""The journeys that ship, as trees: what begins and ends each, and the ways to lead a run through its branches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from fermata.enrolment import drawn

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SALE = {"promotion_id": "p-1", "title": "A week of trails", "body": "All shoes for the woods.", "code": "WOODS"}
BAD, GOOD = {"rating": "bad"}, {"rating": "good"}


@dataclass(frozen=True)
class Step:
    """What the person does, so long after the run began."""

    after: timedelta
    event: str
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Leg:
    """One way through a tree.

    Args:
        steps: What the person does.
        says: Keys of the messages that go out, in order.
        first: What the person did just before it began.
    """

    steps: tuple[Step, ...]
    says: tuple[str, ...]
    first: tuple[str, ...] = ()


def leg(*says: str, steps: tuple[Step, ...] = (), first: tuple[str, ...] = ()) -> Leg:
    """A way on which these messages go out."""
    return Leg(steps, says, first)


@dataclass(frozen=True)
class Tree:
    """A journey that ships.

    Args:
        journey: Its name.
        trigger: What begins it.
        goal: What it is for.
        exits: What else ends it.
        legs: Ways through it, by name.
        properties: Of the trigger.
        draws: Experiments that it draws from: the weights, and the variant of the people here.
    """

    journey: str
    trigger: str
    goal: str | None
    exits: tuple[str, ...]
    legs: Mapping[str, Leg]
    properties: Mapping[str, Any] = field(default_factory=dict)
    draws: Mapping[str, tuple[Mapping[str, float], str]] = field(default_factory=dict)

    def suits(self, profile_id: UUID) -> bool:
        """Whether what is drawn for somebody leads them where the reference run went."""
        return all(drawn(name, profile_id, weights) == shown for name, (weights, shown) in self.draws.items())


TREES = (
    Tree(
        "browse_abandonment",
        "Product Viewed",
        "Order Completed",
        ("Cart Cleared",),
        {
            "nothing follows": leg("browse_reviews", "browse_retargeting"),
            "a cart on that day": leg(steps=(Step(HOUR, "Product Added"),)),
            "a cart after the reviews": leg(
                "browse_reviews", "browse_discount", steps=(Step(2 * DAY, "Product Added"),)
            ),
            "a cart while the ads are shown": leg(
                "browse_reviews", "browse_retargeting", "browse_discount", steps=(Step(8 * DAY, "Product Added"),)
            ),
        },
        draws={"cart_offer": ({"discount": 1, "free_shipping": 1}, "discount")},
    ),
    Tree(
        "cart_recovery",
        "Product Added",
        "Order Completed",
        ("Cart Cleared", "Cart Taken Over"),
        {
            "no look": leg("cart_reminder"),
            "another look": leg("cart_reminder", "cart_discount", steps=(Step(2 * HOUR, "Product Viewed"),)),
        },
    ),
    Tree(
        "post_purchase_care",
        "Order Completed",
        "Product Reviewed",
        ("Order Cancelled", "Order Refunded"),
        {"to the end": leg("care_complements", "care_review")},
    ),
    Tree(
        "welcome",
        "Signed Up",
        "Onboarding Completed",
        ("Account Deleted",),
        {"to the end": leg("welcome_greeting", "welcome_first_steps", "welcome_help")},
    ),
    Tree(
        "trial_activation",
        "Trial Started",
        "Subscription Started",
        ("Trial Cancelled",),
        {
            "never used": leg("trial_first_steps"),
            "used": leg("trial_tips", "trial_upgrade", first=("Feature Used",)),
            "used after a word": leg("trial_first_steps", "trial_upgrade", steps=(Step(5 * DAY, "Feature Used"),)),
        },
    ),
    Tree(
        "retention",
        "Churn Risk Raised",
        "Order Completed",
        ("Account Deleted",),
        {
            "away": leg("retention_check_in", "retention_thanks"),
            "back at once": leg("retention_check_in", steps=(Step(DAY, "Signed In"),)),
            "back later": leg("retention_check_in", "retention_thanks", steps=(Step(8 * DAY, "Product Viewed"),)),
        },
    ),
    Tree(
        "reengagement",
        "Engagement Lapsed",
        "Order Completed",
        ("Unsubscribed",),
        {
            "silent": leg("comeback_missed", "comeback_last"),
            "back after the last question": leg(
                "comeback_missed", "comeback_last", steps=(Step(20 * DAY, "Email Link Clicked"),)
            ),
        },
    ),
    Tree(
        "lead_nurture",
        "Lead Captured",
        "Subscription Started",
        ("Lead Disqualified",),
        {
            "cool": leg("lead_guide", "lead_story"),
            "warm": leg("lead_guide", "lead_call", steps=(Step(DAY, "Demo Requested"),)),
        },
    ),
    Tree(
        "support_followup",
        "Support Ticket Solved",
        None,
        ("Support Ticket Opened",),
        {
            "never rated": leg("support_rating"),
            "bad before it is asked": leg("support_call", steps=(Step(HOUR, "Support Ticket Rated", BAD),)),
            "bad": leg("support_rating", "support_call", steps=(Step(3 * DAY, "Support Ticket Rated", BAD),)),
            "good": leg("support_rating", steps=(Step(3 * DAY, "Support Ticket Rated", GOOD),)),
        },
    ),
    Tree(
        "promotion",
        "Promotion Announced",
        "Order Completed",
        ("Promotion Ended",),
        {"to the end": leg("promotion")},
        properties=SALE,
    ),
    Tree(
        "double_opt_in",
        "Subscription Requested",
        "Subscription Confirmed",
        (),
        {"never confirmed": leg("confirm_subscription", "confirm_subscription_reminder")},
    ),
    Tree(
        "next_best_action",
        "Product Added",
        "Order Completed",
        ("Subscription Started",),
        {"two carts": leg("next_payment", first=("Product Added",)), "nothing holds any more": leg()},
        draws={"next_best_action.trust_and_flexible_pay": ({"done": 0.9, "held_out": 0.1}, "done")},
    ),
)
