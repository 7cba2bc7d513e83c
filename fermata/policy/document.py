"""The policy: the frozen document that all deciding obeys, named by the hash of what it says."""

from functools import cached_property
from hashlib import sha256
from typing import Literal

import orjson
from pydantic import Field

from fermata.policy.regional_rules import RegionalRule, RegionalRules, shipped_rules, shipped_rules_for
from fermata.policy.tables import (
    AllowListTable,
    Channels,
    CrossChannelTable,
    HolidaysTable,
    RegionsTable,
    SpacingTable,
    Table,
    UnknownTimeZoneTable,
)
from fermata.vocabulary import Channel


class Policy(Table):
    """Windows, caps, spacing, holidays and regional law. A table that is absent switches its rule off.

    Args:
        format_version: Of this document's format; ``version`` in the file.
        channels: The rules of each channel.
        cross_channel: Caps over several channels.
        spacing: Progressive delays near a limit.
        holidays: Days on which to wait.
        regions: The law of the profile's region.
        unknown_time_zone: Which zones to obey when the profile's is unknown; this one cannot be switched off.
        allow_list: Who may be reached at all, where the environment is not production.
    """

    format_version: Literal[1] = Field(default=1, alias="version")
    channels: Channels = Channels()
    cross_channel: CrossChannelTable | None = None
    spacing: SpacingTable | None = None
    holidays: HolidaysTable | None = None
    regions: RegionsTable | None = None
    unknown_time_zone: UnknownTimeZoneTable = UnknownTimeZoneTable()
    allow_list: AllowListTable | None = None

    @cached_property
    def version(self) -> str:
        """``sha256:`` and the hash of what the document says, with the regional rules it takes in.

        Comments, order and spelled-out defaults do not change it.
        """
        said = self.model_dump(mode="json", by_alias=True)
        for table in said["channels"].values():
            # A key of later days: without it, a policy is called what it was called before there was one.
            if table is not None and table["spread_over"] is None:
                del table["spread_over"]
        if self.regions is not None:
            said["regional_rules"] = self.regional_rules.model_dump(mode="json")
        return "sha256:" + sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @cached_property
    def regional_rules(self) -> RegionalRules:
        """The legal facts that ship with this version of Fermata."""
        return shipped_rules()

    def legal_rules(
        self, country: str | None, subdivision: str | None, channel: Channel
    ) -> tuple[tuple[str, RegionalRule], ...]:
        """Returns the legal rules that hold for a channel in a region, by name; none where the policy leaves them out.

        Args:
            country: ISO 3166-1 alpha-2 in capitals, or None.
            subdivision: The second part of ISO 3166-2 in capitals, or None.
            channel: The channel to try.
        """
        if self.regions is None or not self.regions.legal_windows:
            return ()
        return shipped_rules_for(country, subdivision, channel)
