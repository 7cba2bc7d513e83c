"""A file of lead rules: read whole, or refused with the place of every fault."""

from pathlib import Path

import pytest

from fermata.errors import ConfigurationError
from fermata.traits.lead_rules import InvalidLeadRules, default_lead_rules, load_lead_rules, parse_lead_rules

HEAD = 'version = 1\nhalf_life = "14d"\nwarm = 20\nhot = 50\n'
RULE = '[rules.asked]\nevent = "Demo Requested"\npoints = 40\n'


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (HEAD + RULE.replace("40", '"many"'), "line 7, rules.asked.points = 'many'"),
        (HEAD + RULE.replace("points = 40", "points = 40\ncolour = 3"), "line 8, rules.asked.colour = 3: no such key"),
        (HEAD + RULE.replace("event", "evnt"), "a rule is about an event or a trait: name one of them"),
        (HEAD + RULE + '[rules.plan]\ntrait = "plan"\npoints = 1\n', "with one of is, one_of, at_least, or is_set"),
        (HEAD + RULE + '[rules.plan]\ntrait = "plan"\nat_least = "x"\npoints = 1\n', "'x' is no number"),
        (HEAD.replace('"14d"', '"a while"') + RULE, "line 2, half_life = 'a while': 'a while' is no duration"),
        (HEAD.replace("hot = 50", "hot = 10") + RULE, "warm = 20, hot = 10 and cap = 100 must rise in this order"),
        (HEAD, "rules"),
        ("version = ", "this is no TOML"),
        (HEAD.replace("version = 1", "version = 2") + RULE, "line 1, version = 2"),
    ],
    ids=["points", "unknown key", "no subject", "no comparison", "no number", "duration", "order", "empty", "syntax",
         "version"],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_value(document: str, said: str) -> None:
    with pytest.raises(InvalidLeadRules) as refused:
        parse_lead_rules(document, "mine.toml")
    assert str(refused.value).startswith("mine.toml: ")
    assert said in str(refused.value)


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(InvalidLeadRules) as refused:
        parse_lead_rules(HEAD.replace('"14d"', "14") + RULE.replace("40", "nan"), "mine.toml")
    assert str(refused.value).index("line 2") < str(refused.value).index("line 7")


def test_a_deployment_has_rules_of_its_own_or_those_that_ship(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(HEAD + RULE)
    assert set(load_lead_rules(file).rules) == {"asked"}
    assert load_lead_rules(None) == default_lead_rules()
    with pytest.raises(ConfigurationError, match=r"FERMATA_LEAD_SCORE=.*cannot be read"):
        load_lead_rules(tmp_path / "absent.toml")
