"""Profiles, their names, and the addresses that must not be reached."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class Profile(SQLModel, table=True):
    """A person, and the facts that a decision is made on. Its row is the lock that orders everything about them.

    ``facts_at`` says when each fact was last stated, in microseconds since 1970, so that a late event changes nothing
    newer: ``{"addresses.email": …, "consent.email.marketing": …}``. With ``erased_at`` the row is nobody's.
    """

    __tablename__ = "profiles"
    # A text message comes from a number, and means everybody who has it.
    __table_args__ = (Index("profiles_by_phone", text("(addresses ->> 'sms'::text)")),)

    id: UUID = Field(primary_key=True)
    created_at: datetime = instant()
    updated_at: datetime = instant()
    time_zone: str | None = words(nullable=True)
    country: str | None = words(nullable=True)
    subdivision: str | None = words(nullable=True)
    device_time_zone: str | None = words(nullable=True)
    device_country: str | None = words(nullable=True)
    locale: str | None = words(nullable=True)
    addresses: dict[str, str] = json("{}")
    consent: dict[str, dict[str, str]] = json("{}")
    traits: dict[str, Any] = json("{}")
    quiet_hours: dict[str, str] | None = Field(sa_column=Column(JSONB, nullable=True))
    do_not_disturb: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    do_not_disturb_until: datetime | None = instant(nullable=True)
    topics: dict[str, bool] = json("{}")
    preferred_channels: list[str] = json("[]")
    session_id: str | None = words(nullable=True)
    session_seen_at: datetime | None = instant(nullable=True)
    facts_at: dict[str, int] = json("{}")
    erased_at: datetime | None = instant(nullable=True)


class Identity_(SQLModel, table=True):  # noqa: N801 - SQLAlchemy has an Identity of its own
    """One name of a profile; e-mail addresses and phone numbers stand as their SHA-256.

    One that is ``assumed`` was told by an alias only, which does not say whether it was a user id or a visitor's.

    ``linked_at`` is when it was first stated together with another name of the person, in the time of the events;
    ``anchor_kind`` the strongest kind of name that it was ever stated with, and ``anchored_at`` when it first was.
    """

    __tablename__ = "identities"

    kind: str = words(primary_key=True)
    value: str = words(primary_key=True)
    profile_id: UUID = Field(foreign_key="profiles.id", index=True)
    first_seen_at: datetime = instant()
    assumed: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    linked_at: datetime | None = instant(nullable=True)
    anchor_kind: str | None = words(nullable=True)
    anchored_at: datetime | None = instant(nullable=True)


class ProfileMerge(SQLModel, table=True):
    """A profile that became part of another: from then on its id leads there.

    ``name`` was the survivor's and ``other_name`` the loser's, and the event ``message_id`` stated both.
    """

    __tablename__ = "profile_merges"

    loser_id: UUID = Field(primary_key=True)
    survivor_id: UUID = Field(foreign_key="profiles.id", index=True)
    merged_at: datetime = instant()
    message_id: str = words()
    name: str = words()
    other_name: str = words()


class Suppression(SQLModel, table=True):
    """An address that must not be reached on a channel, whoever's profile it is on.

    Of whoever was erased only a salted hash stands there, as ``suppressed_as(channel, address)`` makes it.
    """

    __tablename__ = "suppressions"

    channel: str = words(primary_key=True)
    address: str = words(primary_key=True)
    reason: str = words()
    created_at: datetime = instant()
