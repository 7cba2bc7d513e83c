"""The people of the demo: who they are, how they can be reached, and what they allow. Seeded; no clock, no I/O."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from cli.demo.payload import Payload
from cli.demo.world import Place

_NEVER_SAY_WHO = 0.06
_HAVE_NO_EMAIL = 0.04
_TELL_NO_TIME_ZONE = 0.05
_LEAVE_A_PHONE = 0.8
_ALLOW_PUSH = 0.45
_SET_QUIET_HOURS = 0.15
_WANT_SILENCE = 0.03
_WANT_SILENCE_FOR_A_WHILE = 0.02
_QUIET_HOURS = (("22:00", "07:00"), ("21:30", "08:30"), ("20:00", "10:00"), ("12:00", "14:00"))

_CONSENT = {
    "email": (("granted", 0.76), ("revoked", 0.11), (None, 0.13)),
    "push": (("granted", 0.82), ("revoked", 0.10), (None, 0.08)),
    "sms": (("granted", 0.62), ("revoked", 0.14), (None, 0.24)),
}
"""How people answer when a shop asks whether it may write, and how many never answer."""


@dataclass(frozen=True)
class Shopper:
    """One person.

    Args:
        number: From 1; part of the user id.
        user_id: None for someone who never says who they are.
        anonymous_id: The id of their browser or app.
        place: Where they live.
        traits: What an identify call tells of them, as JSON.
    """

    number: int
    user_id: str | None
    anonymous_id: str
    place: Place
    traits: Payload

    @property
    def names(self) -> Payload:
        """The ids that stand in each of their events once they have said who they are."""
        known = {"userId": self.user_id} if self.user_id is not None else {}
        return {"anonymousId": self.anonymous_id, **known}


def make_shoppers(random: Random, places: tuple[Place, ...], each: int, now: datetime) -> tuple[Shopper, ...]:
    """Makes people up, the same number in every place.

    Their ids come from the time as well: whoever lets the demo run twice on one database gets new people, not old ones
    whose journeys are over.

    Args:
        random: Seeded; the same seed gives the same people.
        places: Where they live.
        each: How many live in each place; at most 50, the size of the smallest block of fictional phone numbers.
        now: From which a wish for silence counts; aware.
    """
    if not 0 < each <= 50:
        raise ValueError(f"each must be 1 to 50 shoppers a place, not {each}")
    numbered = ((place, nth) for nth in range(each) for place in places)
    return tuple(_make(random, number, place, nth, now) for number, (place, nth) in enumerate(numbered, start=1))


def _make(random: Random, number: int, place: Place, nth: int, now: datetime) -> Shopper:
    user_id = f"shopper-{now:%Y%m%d-%H%M%S}-{number:04}"
    anonymous_id = str(uuid5(NAMESPACE_URL, f"https://shop.example.com/{user_id}"))
    traits = _traits(random, number, place, nth, now)
    known = random.random() >= _NEVER_SAY_WHO
    return Shopper(number, user_id if known else None, anonymous_id, place, traits)


def _traits(random: Random, number: int, place: Place, nth: int, now: datetime) -> Payload:
    given, given_ascii = random.choice(place.given)
    family, family_ascii = random.choice(place.family)
    traits: Payload = {
        "firstName": given,
        "lastName": family,
        "name": f"{family} {given}" if place.family_first else f"{given} {family}",
        "address": {"city": place.city, "country": place.country},
    }
    if place.state is not None:
        traits["address"]["state"] = place.state
    if random.random() >= _HAVE_NO_EMAIL:
        traits["email"] = f"{given_ascii}.{family_ascii}.{number}@example.com"
    if place.phone is not None and random.random() < _LEAVE_A_PHONE:
        traits["phone"] = f"+{int(place.phone) + nth}"
    if random.random() < _ALLOW_PUSH:
        traits["push_token"] = f"demo-{random.getrandbits(64):016x}"
    if random.random() >= _TELL_NO_TIME_ZONE:
        traits["timezone"] = place.zone
    traits["consent"] = _consent(random, traits)
    traits.update(_silence(random, now))
    return traits


def _consent(random: Random, traits: Payload) -> Payload:
    """Their answers, only for the channels on which they could be asked."""
    reachable = {"email": "email" in traits, "push": "push_token" in traits, "sms": "phone" in traits}
    consent: Payload = {}
    for channel, answers in _CONSENT.items():
        answer = random.choices([word for word, _ in answers], [share for _, share in answers])[0]
        if answer is not None and reachable[channel]:
            consent[channel] = {"marketing": answer}
    return consent


def _silence(random: Random, now: datetime) -> Payload:
    wishes: Payload = {}
    if random.random() < _SET_QUIET_HOURS:
        start, end = random.choice(_QUIET_HOURS)
        wishes["quiet_hours"] = {"start": start, "end": end}
    if random.random() < _WANT_SILENCE:
        wishes["do_not_disturb"] = True
    elif random.random() < _WANT_SILENCE_FOR_A_WHILE:
        wishes["do_not_disturb_until"] = (now + timedelta(days=random.randint(1, 3))).isoformat()
    return wishes
