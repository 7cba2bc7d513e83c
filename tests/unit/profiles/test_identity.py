"""Whose an event is: nobody is lost, and two strangers are never joined."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from fermata.events import IncomingEvent, parse
from fermata.profiles import Identity, IdentityKind, Known, Merge, Resolution, resolve

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ADA, BOB = UUID(int=1), UUID(int=2)


def event(user: str | None = None, device: str | None = None) -> IncomingEvent:
    payload = {"type": "track", "event": "X", "userId": user, "anonymousId": device}
    return parse(payload, received_at=NOW)


def known(owners: dict[Identity, UUID]) -> Known:
    """These names on record, and no others of their profiles."""
    held: dict[UUID, Counter[IdentityKind]] = {}
    for identity, owner in owners.items():
        held.setdefault(owner, Counter())[identity.kind] += 1
    return Known(owners, held=held)


def user(value: str) -> Identity:
    return Identity(IdentityKind.USER_ID, value)


def device(value: str) -> Identity:
    return Identity(IdentityKind.ANONYMOUS_ID, value)


def resolved(*events: IncomingEvent, on_record: Known | None = None) -> Resolution:
    new_ids: Iterator[UUID] = (UUID(int=n) for n in range(100, 1000))
    return resolve(events, on_record or Known(), lambda: next(new_ids))


def test_a_new_person_is_one_profile_with_all_names_given() -> None:
    answer = resolved(event("ada", "phone"), event("ada"), event(None, "phone"))
    [owner] = set(answer.owners)
    assert answer.new_profiles == {owner}
    assert answer.new_identities == {user("ada"): owner, device("phone"): owner}


def test_somebody_known_is_found_by_either_name() -> None:
    on_record = known({user("ada"): ADA, device("phone"): ADA})
    answer = resolved(event("ada"), event(None, "phone"), event("ada", "tablet"), on_record=on_record)
    assert answer.owners == (ADA, ADA, ADA)
    assert answer.new_identities == {device("tablet"): ADA}


def test_a_visitor_who_signs_in_keeps_the_profile() -> None:
    answer = resolved(event("ada", "phone"), on_record=known({device("phone"): ADA}))
    assert (answer.owners, answer.new_identities, answer.merges) == ((ADA,), {user("ada"): ADA}, ())


def test_a_visitor_who_turns_out_to_be_somebody_known_becomes_part_of_them() -> None:
    on_record = known({user("ada"): BOB, device("phone"): ADA})
    answer = resolved(event("ada", "phone"), on_record=on_record)
    assert answer.owners == (BOB,)
    assert answer.merges == (Merge(BOB, ADA, 0, user("ada"), device("phone")),)


def test_two_users_on_one_device_stay_two_people_and_the_user_id_decides() -> None:
    on_record = known({user("ada"): ADA, user("bob"): BOB, device("phone"): BOB})
    answer = resolved(event("ada", "phone"), on_record=on_record)
    assert (answer.owners, answer.new_identities, answer.merges) == ((ADA,), {}, ())
    assert answer.left_apart == {0}


def test_a_new_user_on_the_device_of_another_is_another_person() -> None:
    answer = resolved(event("bob", "phone"), on_record=known({user("ada"): ADA, device("phone"): ADA}))
    [bob] = answer.owners
    assert bob != ADA
    assert answer.new_identities == {user("bob"): bob}


@given(
    st.lists(
        st.tuples(st.sampled_from([None, "u1", "u2", "u3"]), st.sampled_from([None, "d1", "d2", "d3"])).filter(any),
        min_size=1,
        max_size=12,
    )
)
def test_without_an_alias_a_profile_never_has_two_user_ids_and_an_event_is_always_its_user_ids(
    names: list[tuple[str | None, str | None]],
) -> None:
    answer = resolved(*(event(*pair) for pair in names))
    owners = dict(answer.new_identities)
    users = [owner for identity, owner in owners.items() if identity.kind is IdentityKind.USER_ID]
    assert len(users) == len(set(users))
    for (name, _), owner in zip(names, answer.owners, strict=True):
        if name is not None:
            assert owners[user(name)] == owner


def alias(previous: str, user: str) -> IncomingEvent:
    return parse({"type": "alias", "userId": user, "previousId": previous}, received_at=NOW)


def test_an_alias_gives_a_known_person_a_new_name() -> None:
    answer = resolved(alias("old", "new"), on_record=known({user("old"): ADA}))
    assert (answer.owners, answer.left_apart) == ((ADA,), frozenset())
    assert answer.new_identities == {user("new"): ADA, device("old"): ADA}


def test_an_alias_takes_over_the_profile_of_an_anonymous_visitor() -> None:
    answer = resolved(alias("phone", "ada"), on_record=known({device("phone"): ADA}))
    assert (answer.owners, answer.left_apart) == ((ADA,), frozenset())
    assert answer.new_identities == {user("ada"): ADA, user("phone"): ADA}


def test_a_former_name_that_is_not_on_record_leads_to_the_person_from_now_on() -> None:
    for later, name in ((event(None, "old"), device("old")), (event("old"), user("old"))):
        answer = resolved(alias("old", "ada"), later, on_record=known({user("ada"): ADA}))
        assert answer.owners == (ADA, ADA)
        assert answer.new_identities == {user("old"): ADA, device("old"): ADA}
        assert answer.assumed == {user("old"), device("old")} - {name}


def test_two_people_who_each_took_over_the_name_of_one_device_stay_two() -> None:
    answer = resolved(alias("phone", "ada"), alias("phone", "bob"))
    assert len(set(answer.owners)) == 2
    assert answer.left_apart == {1}


def test_an_alias_between_two_profiles_on_record_makes_them_one() -> None:
    for former in (user("old"), device("old")):
        on_record = known({user("ada"): BOB, former: ADA})
        answer = resolved(event("ada"), alias("old", "ada"), on_record=on_record)
        [merge] = answer.merges
        # The older of two users remains; a user remains before a visitor.
        assert {merge.survivor, merge.loser} == {ADA, BOB}
        assert merge.survivor == (ADA if former == user("old") else BOB)
        assert answer.owners == (merge.survivor, merge.survivor)


def test_an_alias_from_somebody_elses_device_makes_a_person_of_its_own() -> None:
    answer = resolved(alias("phone", "eve"), on_record=known({user("ada"): ADA, device("phone"): ADA}))
    [owner] = answer.owners
    assert owner != ADA
    assert (answer.new_identities, answer.left_apart) == (
        {user("eve"): owner, user("phone"): owner},
        frozenset({0}),
    )


def test_an_alias_of_a_name_to_itself_changes_nothing() -> None:
    answer = resolved(alias("ada", "ada"), on_record=known({user("ada"): ADA}))
    assert (answer.owners, answer.new_identities, answer.left_apart) == ((ADA,), {}, frozenset())
