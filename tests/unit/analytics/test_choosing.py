"""Which action comes next: the first whose signal holds, those that are for the person before others, and why."""

from fermata.analytics.choosing import Band, Choice, Considered, choose


def considered(key: str, *, holds: bool = True, propensity: Band | None = None) -> Considered:
    return Considered(key, f"{key} is asked for", holds, f"yes  {key}", propensity)


def test_where_no_signal_holds_nothing_comes_next() -> None:
    assert choose([considered("guide", holds=False)], 0.9) == Choice(None, "no signal holds")


def test_the_first_whose_signal_holds_is_chosen_and_the_reason_names_those_after_it() -> None:
    choice = choose([considered("pay", holds=False), considered("guide"), considered("offer")], None)
    assert choice == Choice("guide", "guide is asked for; it is declared before offer")


def test_an_action_for_people_of_another_propensity_comes_last_and_the_reason_says_so() -> None:
    offer, guide = considered("offer", propensity=(0, 0.4)), considered("guide")
    assert choose([offer, guide], 0.3).key == "offer"
    choice = choose([offer, guide], 0.82)
    assert choice.key == "guide"
    assert choice.why == "guide is asked for; offer is for a purchase propensity of 0.00 to 0.40, and theirs is 0.82"


def test_without_a_model_the_order_of_declaration_alone_counts() -> None:
    assert choose([considered("offer", propensity=(0, 0.4)), considered("guide")], None).key == "offer"


def test_where_only_one_holds_it_is_chosen_whoever_it_is_for() -> None:
    assert choose([considered("offer", propensity=(0, 0.4))], 0.9).key == "offer"


def test_the_highest_propensity_of_all_is_in_the_band_that_ends_with_it() -> None:
    assert considered("offer", propensity=(0.5, 1)).is_for(1.0)
    assert not considered("offer", propensity=(0.2, 0.5)).is_for(0.5)
