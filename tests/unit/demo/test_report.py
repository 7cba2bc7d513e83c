"""The report that a person reads: complete, and tidy at 80 columns."""

import io

from rich.cells import cell_len
from rich.console import Console

from cli.demo.observation import Observation, Places, Violation
from cli.demo.report import Report, print_links


def printed(observation: Observation, *notes: str, terminal: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=terminal, color_system="truecolor" if terminal else None)
    console.print(Report(observation, "250 shoppers in 25 time zones went shopping.", notes))
    return file.getvalue()


def test_every_line_fits_80_columns_and_none_is_cut(observation: Observation) -> None:
    text = printed(observation, "14 profiles have no address: " + "send identify with traits.email or phone " * 4)
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert "…" not in text


def test_a_pipe_gets_no_colour(observation: Observation) -> None:
    assert "\x1b" not in printed(observation)
    assert "\x1b[" in printed(observation, terminal=True)


def test_reasons_stand_in_words_beside_their_codes(observation: Observation) -> None:
    text = printed(observation)
    assert "43  outside_window        the channel is closed at this hour" in text
    assert " 0 ads" in text
    assert "2 inbox" in text


def test_a_hold_tells_its_end_on_the_persons_clock_and_how_long_that_is(observation: Observation) -> None:
    text = printed(observation)
    assert "4  Wed 06:30 Europe/Paris (in 8 h 59 min)" in text
    assert "1  at the next visit" in text
    assert "6  later, the last in 21 h" in text


def test_the_story_is_told_in_sentences(observation: Observation) -> None:
    text = printed(observation)
    assert "Chloé D'Aubigné, on the clock of Europe/Paris" in text
    assert "looks at 5 products, Ostinato hydration vest, 8 l the last" in text
    assert "puts Sforzando storm jacket into the cart" in text
    assert "cart_reminder goes out by push." in text
    assert "cart_discount by email is held until Wed 07:00 (in 9 h 29 min):" in text
    assert "The run ends at its goal: Order Completed." in text


def test_sends_that_never_went_out_are_told(observation: Observation) -> None:
    assert "taken back" not in printed(observation)
    text = printed(observation.model_copy(update={"taken_back": 1}))
    assert "and 1 send taken back: the goal came first, or the provider refused" in text


def test_both_checks_are_ticked_when_they_hold(observation: Observation) -> None:
    text = printed(observation)
    assert "✓ 0 messages beyond a cap, among 63 exposures of 58 people" in text
    assert "✓ 31 emails sent, says the ledger; 31 received, says the SMTP server" in text
    assert "✗" not in text


def test_a_check_that_fails_is_crossed_with_its_figures(observation: Observation) -> None:
    assert observation.story is not None
    beyond = Violation(rule="email, 2 in 24 h", profile_id=observation.story.profile_id, at=observation.at, exposures=3)
    caps = observation.caps.model_copy(update={"violations": (beyond,)})
    text = printed(observation.model_copy(update={"caps": caps, "smtp_received": 30}))
    assert "✗ 1 message beyond a cap" in text
    assert "email, 2 in 24 h: 3 to profile" in text
    assert "✗ 31 emails sent, says the ledger; 30 received" in text


def test_a_demo_in_which_nothing_happened_still_reads_well(observation: Observation) -> None:
    nothing = observation.model_copy(update={"decisions": {}, "messages": {}, "held": (), "story": None})
    text = printed(nothing)
    assert "Held" not in text
    for action in ("send", "defer", "drop"):
        assert f"{action:<5}     0" in text


def test_addresses_stay_whole(places: Places) -> None:
    file = io.StringIO()
    print_links(Console(file=file, width=80), places)
    assert places.run in file.getvalue().split()
