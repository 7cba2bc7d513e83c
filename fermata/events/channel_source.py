"""By which channel a touch came: Google Analytics' default channel group, on what a campaign and a referrer say.

Source: https://support.google.com/analytics/answer/9756891. Ours differs in one point: a medium that is stated
("email", "sms") goes before what the source might suggest, so that a mail that names google as its source is a mail.
"""

import re

from fermata.events.sites import Site, SiteKind
from fermata.vocabulary import AcquisitionChannel

_PAID = re.compile(r".*cp.*|ppc|retargeting|paid.*")
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL = frozenset({"social", "social-network", "social-media", "sm", "social network", "social media"})
_EMAIL = frozenset({"email", "e-mail", "e_mail", "e mail"})
_REFERRAL = frozenset({"referral", "app", "link"})
_SHOPPING_CAMPAIGN = re.compile(r"(.*([^a-df-z]|^)shop|shopping).*")

_PAID_BY_KIND = {
    SiteKind.SHOPPING: AcquisitionChannel.PAID_SHOPPING,
    SiteKind.SEARCH: AcquisitionChannel.PAID_SEARCH,
    SiteKind.SOCIAL: AcquisitionChannel.PAID_SOCIAL,
    SiteKind.VIDEO: AcquisitionChannel.PAID_VIDEO,
}
_UNPAID_BY_KIND = {
    SiteKind.SHOPPING: AcquisitionChannel.ORGANIC_SHOPPING,
    SiteKind.SEARCH: AcquisitionChannel.ORGANIC_SEARCH,
    SiteKind.SOCIAL: AcquisitionChannel.ORGANIC_SOCIAL,
    SiteKind.VIDEO: AcquisitionChannel.ORGANIC_VIDEO,
    SiteKind.MAIL: AcquisitionChannel.EMAIL,
}
_BY_MEDIUM = {
    "affiliate": AcquisitionChannel.AFFILIATES,
    "affiliates": AcquisitionChannel.AFFILIATES,
    "audio": AcquisitionChannel.AUDIO,
    "sms": AcquisitionChannel.SMS,
    "organic": AcquisitionChannel.ORGANIC_SEARCH,
    **dict.fromkeys(_EMAIL, AcquisitionChannel.EMAIL),
    **dict.fromkeys(_SOCIAL, AcquisitionChannel.ORGANIC_SOCIAL),
}


def channel_of_campaign(
    source: str | None, medium: str | None, campaign: str | None, site: Site | None
) -> AcquisitionChannel:
    """The channel of a touch that says which campaign it came by.

    Args:
        source, medium, campaign: As the link was tagged.
        site: What the source stands for, where that is known; else the site that referred.
    """
    source, medium, campaign = ((value or "").strip().casefold() for value in (source, medium, campaign))
    kind = site.kind if site is not None else None
    if kind not in (SiteKind.SEARCH, SiteKind.SOCIAL, SiteKind.VIDEO) and _SHOPPING_CAMPAIGN.fullmatch(campaign):
        kind = SiteKind.SHOPPING
    if _PAID.fullmatch(medium):
        unknown = AcquisitionChannel.DISPLAY if medium in _DISPLAY else AcquisitionChannel.PAID_OTHER
        return _PAID_BY_KIND.get(kind, unknown) if kind is not None else unknown
    if medium in _DISPLAY:
        return AcquisitionChannel.DISPLAY
    stated = _BY_MEDIUM.get(medium)
    if stated is not None:
        return stated
    if medium.endswith("push") or "mobile" in medium or "notification" in medium or source == "firebase":
        return AcquisitionChannel.PUSH
    if source in _EMAIL or source == "sms":
        return AcquisitionChannel.SMS if source == "sms" else AcquisitionChannel.EMAIL
    if kind is not None and kind in _UNPAID_BY_KIND:
        return _UNPAID_BY_KIND[kind]
    if "video" in medium:
        return AcquisitionChannel.ORGANIC_VIDEO
    return AcquisitionChannel.REFERRAL if medium in _REFERRAL else AcquisitionChannel.OTHER


def channel_of_referrer(site: Site | None) -> AcquisitionChannel | None:
    """The channel of a touch of which only the site is known that led here.

    Args:
        site: What is known of it; None for a site that is not in the table.

    Returns:
        None where people only come back from it: from paying, or from signing in.
    """
    if site is None:
        return AcquisitionChannel.REFERRAL
    return _UNPAID_BY_KIND.get(site.kind)
