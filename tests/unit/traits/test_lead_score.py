"""Lead scores: points that the rules give, that fade, and that say where they come from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.traits.happened import Happened
from fermata.traits.lead_rules import default_lead_rules, parse_lead_rules
from fermata.traits.lead_score import Warmth, lead_score
from tests.people import NOON
from tests.unit.traits.occurrences import DAY, ago

RULES = parse_lead_rules("""
version = 1
half_life = "7d"
cap = 60
warm = 10
hot = 40

[rules.looked]
event = "Product Viewed"
points = 2
most = 6

[rules.looked_at_prices]
event = "Viewed Pricing Page"
points = 8
where = { plan = "pro" }
half_life = "14d"

[rules.asked]
event = "Demo Requested"
points = 50

[rules.left]
event = "Unsubscribed"
points = -30

[rules.is_big]
trait = "company.size"
at_least = 100
points = 10

[rules.tries]
trait = "plan"
one_of = ["trial", "free"]
points = 5
""")


def score(*events: Happened, at_days: float = 0, **traits: object) -> tuple[float, Warmth]:
    found = lead_score(RULES, events, traits, NOON + at_days * DAY)
    return round(found.points, 6), found.warmth


def test_points_add_up_over_events_and_traits() -> None:
    assert score(ago(0, "Product Viewed"), ago(7, "Product Viewed"), plan="trial") == (8, Warmth.COLD)
    assert score(ago(0, "Demo Requested"), company={"size": 250}) == (60, Warmth.HOT)


def test_each_rule_has_its_own_half_life_and_asks_what_it_asks() -> None:
    assert score(ago(14, "Viewed Pricing Page", plan="pro")) == (4, Warmth.COLD)
    assert score(ago(14, "Viewed Pricing Page", plan="free")) == (0, Warmth.COLD)


def test_a_rule_gives_no_more_than_its_most_and_all_of_them_no_more_than_the_cap() -> None:
    assert score(*(ago(0, "Product Viewed") for _ in range(50)))[0] == 6
    assert score(ago(0, "Demo Requested"), ago(0, "Demo Requested"))[0] == 60


def test_losses_count_and_nobody_falls_below_nothing() -> None:
    assert score(ago(0, "Demo Requested"), ago(0, "Unsubscribed"))[0] == 20
    assert score(ago(0, "Unsubscribed"))[0] == 0


def test_whoever_falls_silent_cools_down() -> None:
    asked = ago(0, "Demo Requested")
    assert [score(asked, at_days=days)[1] for days in (0, 7, 21)] == [Warmth.HOT, Warmth.WARM, Warmth.COLD]


def test_the_reasons_say_which_rule_gave_how_much_the_weightiest_first() -> None:
    found = lead_score(RULES, [ago(7, "Product Viewed"), ago(0, "Product Viewed")], {"plan": "trial"}, NOON)
    assert [(reason.rule, reason.points, reason.words) for reason in found.reasons] == [
        ("tries", 5, 'trait plan is one of "trial", "free"'),
        ("looked", 3, "Product Viewed 2 times, the last on 2026-03-04"),
    ]


happenings = st.lists(
    st.builds(
        lambda name, days: ago(days, name, plan="pro"),
        st.sampled_from(["Product Viewed", "Viewed Pricing Page", "Demo Requested"]),
        st.floats(0, 100),
    ),
    max_size=10,
)


@given(events=happenings, sooner=st.floats(0, 50), later=st.floats(0, 50), data=st.data())
def test_without_a_loss_a_score_only_falls_until_something_happens(
    events: list[Happened], sooner: float, later: float, data: st.DataObject
) -> None:
    sooner, later = sorted((sooner, later))
    assert score(*events, at_days=later)[0] <= score(*events, at_days=sooner)[0]
    shuffled = data.draw(st.permutations(events))
    assert lead_score(RULES, shuffled, {}, NOON) == lead_score(RULES, events, {}, NOON)


@given(events=happenings)
def test_one_more_good_sign_never_lowers_a_score(events: list[Happened]) -> None:
    assert score(*events, ago(0, "Product Viewed"))[0] >= score(*events)[0]


def test_the_rules_that_ship_find_a_buyer_hotter_than_a_looker() -> None:
    rules = default_lead_rules()
    looked = lead_score(rules, [ago(1, "Product Viewed")], {}, NOON)
    tried = [ago(1, name) for name in ("Signed Up", "Product Added", "Checkout Started", "Order Completed")]
    assert looked.warmth is Warmth.COLD
    assert lead_score(rules, tried, {}, NOON).warmth is Warmth.HOT


@pytest.mark.parametrize("points", [20, 50])
def test_a_threshold_belongs_to_the_warmer_side(points: int) -> None:
    rules = default_lead_rules().model_copy(
        update={"rules": parse_lead_rules(_ONE.format(points=points)).rules, "cap": 100}
    )
    expected = {20: Warmth.WARM, 50: Warmth.HOT}[points]
    assert lead_score(rules, [ago(0, "Demo Requested")], {}, NOON).warmth is expected


_ONE = """
version = 1
half_life = "7d"
warm = 20
hot = 50
[rules.asked]
event = "Demo Requested"
points = {points}
"""
