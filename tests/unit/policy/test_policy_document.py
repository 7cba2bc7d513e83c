"""The policy document: what it refuses and where, what it defaults to, and its name."""

import json
from pathlib import Path

import pytest

from fermata.errors import PolicyError
from fermata.policy import InvalidPolicy, Policy, default_policy, load_policy, parse_policy
from fermata.policy.json_schema import policy_schema
from fermata.vocabulary import MESSAGE_CHANNELS

PRESETS = Path(__file__).parents[3] / "fermata/policy/presets"


def _problems(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        parse_policy(text)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version = 2", "line 1, version = 2"),
        ("[chanels.email]", "line 1, [chanels]"),
        ('[channels.email]\nwindw = "always"', "line 2, [channels.email], windw = 'always'"),
        ("version = 1\n[channels.fax]", "line 2, [channels.fax]"),
        ('[channels.email]\nwindow = "9-20"', "line 2, [channels.email], window = '9-20'"),
        ('[channels.email]\nwindow = "09:00-09:00"', "no length"),
        ('[channels.email]\nwindow = "24:00-09:00"', "24:00"),
        ('[channels.email]\nwindow = "09:00-25:00"', "'25:00' is no time of day"),
        ('[channels.email]\nwindow = ["09:00-12:00", "11:00-13:00"]', "overlap"),
        ('[channels.email]\nwindow = { sun = "22:00-10:00", mon = "09:00-12:00" }', "overlap"),
        ('[channels.email]\nwindow = { mon-fri = "always", fri = "never" }', "fri is given twice"),
        ('[channels.email]\nwindow = { lundi = "always" }', "'lundi' names no weekday"),
        ("[channels.email]\nwindow = 9", "9 is no window"),
        ('[channels.email]\ncaps = [{ limit = 0, per = "1d" }]', "line 2"),
        ('[channels.email]\ncaps = [{ limit = -1, per = "1d" }]', "greater than or equal to 1"),
        ('[channels.email]\ncaps = [{ limit = 1, per = "1 week" }]', "'1 week' is no duration"),
        ('[channels.email]\ncaps = [{ limit = 1, per = "0d" }]', "'0d' is no duration"),
        ('[channels.email]\ncaps = [{ limit = 1, per = "2d", kind = "calendar" }]', "not '2d'"),
        ('[channels.email]\nwhen_capped = "wait"', "line 2, [channels.email], when_capped = 'wait'"),
        ('[channels.email]\nfallback = "email"', "falls back to itself"),
        ('[cross_channel]\nchannels = ["inbox"]', "only a substitute"),
        ('[cross_channel]\ncaps = [{ limit = 1, per = "visit" }]', "belongs to one channel"),
        ("[spacing]\nnear = 0.0", "line 2, [spacing], near = 0.0"),
        ('[holidays]\nkinds = ["personal"]', "line 2, [holidays]"),
        ('[unknown_time_zone]\nfallback = ["Mars/Olympus"]', "unknown time zone 'Mars/Olympus'"),
        ("[unknown_time_zone]\nfallback = []", "at least 1"),
        ('[unknown_time_zone]\nuse = "send"', "line 2"),
        (
            "[channels.email]\nwindw = 1",
            "no such key; there are: caps, cool_down, fallback, spread_over, when_capped, window",
        ),
        ('[channels.email]\ncaps = [{ limit = 1, per = "1d", of = 2 }]', "there are: by, kind, limit, per"),
        ("[channels.fax]", "there are: ads, email, hand_off, in_app, push, sms"),
        ("[channels.email\n", "line 1: this is no TOML"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, expected: str) -> None:
    assert expected in " | ".join(_problems(text))


def test_what_is_told_is_a_whole_sentence_with_document_place_value_and_mend() -> None:
    long = "a" * 78
    with pytest.raises(InvalidPolicy) as caught:
        parse_policy(f'version = 1\n[channels.email]\nwindow = "{long}"\nwindw = 1\n', "mine.toml")
    window, key = caught.value.problems
    assert caught.value.source == "mine.toml"
    assert str(caught.value) == f"mine.toml: {window}; mine.toml: {key}"
    assert window.value == f"'{long}'"  # of 80 signs
    assert str(key) == (
        "line 4, [channels.email], windw = 1: no such key; there are: caps, cool_down, fallback, spread_over, "
        "when_capped, window"
    )
    with pytest.raises(InvalidPolicy) as caught:
        parse_policy(f'[channels.email]\nwindow = "{long}a"')
    assert caught.value.problems[0].value == f"'{long[:76]}..."
    assert str(caught.value).startswith("policy: line 2, [channels.email], window = 'aaa")


def test_a_fault_of_a_table_names_no_key_and_one_of_the_syntax_its_line_alone() -> None:
    [table] = _problems('[channels.email]\nfallback = "email"')
    assert table.startswith("line 1, [channels]: email falls back to itself; ")
    [syntax] = _problems("version = 1\nx y\n")
    assert syntax == "line 2: this is no TOML: Expected '=' after a key in a key/value pair"
    [at_the_end] = _problems("version = 1\nx")
    assert at_the_end == "this is no TOML: Expected '=' after a key in a key/value pair (at end of document)"


def test_all_faults_are_named_in_the_documents_order() -> None:
    text = 'version = 1\n[spacing]\nfactor = 0.5\n[channels.sms]\nwindow = "x"\ncolour = "red"\n'
    assert [problem.split(",")[0] for problem in _problems(text)] == ["line 3", "line 5", "line 6"]


def test_a_table_that_is_present_but_empty_has_the_shipped_defaults() -> None:
    channels = [f"channels.{channel}" for channel in sorted(MESSAGE_CHANNELS)]
    others = ["cross_channel", "spacing", "holidays", "regions", "unknown_time_zone"]
    text = "\n".join(f"[{table}]" for table in channels + others)
    assert parse_policy(text) == default_policy()


def test_a_table_that_is_absent_switches_its_rule_off() -> None:
    policy = parse_policy("version = 1")
    assert policy.cross_channel is None
    assert policy.spacing is None
    assert policy.holidays is None
    assert policy.regions is None


def test_its_name_is_a_hash_of_what_it_says_and_not_of_how() -> None:
    shipped = default_policy()
    assert shipped.version.startswith("sha256:")
    assert parse_policy(f"# a comment\n{(PRESETS / 'default.toml').read_text()}").version == shipped.version
    assert parse_policy("version = 1").version != shipped.version
    assert Policy.model_validate(shipped.model_dump(mode="json", by_alias=True)).version == shipped.version


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.toml"):
        load_policy(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(b"version = 1\n# caf\xe9\n")
    with pytest.raises(InvalidPolicy, match="line 2: byte 0xe9 is not UTF-8") as caught:
        load_policy(file)
    assert caught.value.source == str(file)
    file.write_text("version = 2")
    with pytest.raises(InvalidPolicy) as caught:
        load_policy(file)
    assert caught.value.source == str(file)


def test_the_shipped_schema_is_current() -> None:
    """If this fails: fermata policy schema > fermata/policy/presets/policy.schema.json"""
    assert (PRESETS / "policy.schema.json").read_bytes() == policy_schema()


def test_the_shipped_schema_knows_every_key_of_the_default_policy() -> None:
    schema = json.loads(policy_schema())
    assert set(default_policy().model_dump(by_alias=True)) == set(schema["properties"])
