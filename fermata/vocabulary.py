"""The words that every room of Fermata shares: channels, purposes, actions, reasons, states. One word for one thing."""

from enum import StrEnum


class Channel(StrEnum):
    """A way to reach a person. ``inbox`` and ``badge`` only ever stand in for another channel (see ``SUBSTITUTES``).

    ``hand_off`` reaches them by a colleague, who gets a task.
    """

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    IN_APP = "in_app"
    ADS = "ads"
    HAND_OFF = "hand_off"
    INBOX = "inbox"
    BADGE = "badge"


MESSAGE_CHANNELS = frozenset({Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.IN_APP, Channel.ADS, Channel.HAND_OFF})
"""The channels that a message may name and a policy may have a table for."""

SUBSTITUTES = frozenset({Channel.IN_APP, Channel.INBOX, Channel.BADGE})
"""What may stand in for a capped channel: it disturbs nobody, and has no window of its own in that role."""


class Purpose(StrEnum):
    """Why a person is reached; consent is given for each purpose and channel."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


class ConsentPurpose(StrEnum):
    """What a person may consent to. A message is for one of the first two; the others do not bear on sending."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"
    PERSONALISATION = "personalisation"
    ANALYTICS = "analytics"


class Consent(StrEnum):
    """What a person said about one purpose on one channel. Nothing recorded is a third state: absent."""

    GRANTED = "granted"
    REVOKED = "revoked"


class WhenCapped(StrEnum):
    """What a message does on a channel whose cap is full."""

    FALLBACK = "fallback"
    SUBSTITUTE = "substitute"
    SILENT = "silent"
    DEFER = "defer"
    DROP = "drop"


class Action(StrEnum):
    """How an attempt to reach a person ends: exactly one of three."""

    SEND = "send"
    DEFER = "defer"
    DROP = "drop"


class Reason(StrEnum):
    """Why an attempt ended as it did, or why an event started or reached nothing."""

    # send
    ELIGIBLE = "eligible"
    SUBSTITUTED = "substituted"
    # drop: the person, the law or the list says no
    CONSENT_MISSING = "consent_missing"
    CONSENT_REVOKED = "consent_revoked"
    DO_NOT_DISTURB = "do_not_disturb"
    SUPPRESSED_ADDRESS = "suppressed_address"
    SUPPRESSED_DOMAIN = "suppressed_domain"
    SUPPRESSED_BY_PROVIDER = "suppressed_by_provider"
    NOT_ON_ALLOW_LIST = "not_on_allow_list"
    MISSING_ADDRESS = "missing_address"
    INVALID_ADDRESS = "invalid_address"
    NO_PUSH_TOKEN = "no_push_token"  # noqa: S105 - a reason code, no secret
    BLOCKED_REGION = "blocked_region"
    # defer: not now
    DO_NOT_DISTURB_UNTIL = "do_not_disturb_until"
    QUIET_HOURS = "quiet_hours"
    OUTSIDE_WINDOW = "outside_window"
    SPREAD_IN_WINDOW = "spread_in_window"
    LEGAL_WINDOW = "legal_window"
    HOLIDAY = "holiday"
    NO_ACTIVE_SESSION = "no_active_session"
    FREQUENCY_CAPPED = "frequency_capped"
    CROSS_CHANNEL_CAPPED = "cross_channel_capped"
    LEGAL_CAPPED = "legal_capped"
    COOL_DOWN = "cool_down"
    BACKOFF = "backoff"
    RATE_LIMITED = "rate_limited"
    YIELDS_TO_PRIORITY = "yields_to_priority"
    JOURNEY_PAUSED = "journey_paused"
    # drop: it makes no sense any more
    EXPIRED = "expired"
    HOLDOUT_GLOBAL = "holdout_global"
    HOLDOUT_JOURNEY = "holdout_journey"
    DUPLICATE = "duplicate"
    ELIGIBILITY_FAILED = "eligibility_failed"
    GOAL_MET = "goal_met"
    EXITED = "exited"
    PROFILE_MERGED = "profile_merged"
    PROFILE_ERASED = "profile_erased"
    JOURNEY_STOPPED = "journey_stopped"
    RENDER_FAILED = "render_failed"
    EMPTY_CONTENT = "empty_content"
    PROVIDER_REJECTED = "provider_rejected"
    PROVIDER_EXHAUSTED = "provider_exhausted"
    PROVIDER_MISCONFIGURED = "provider_misconfigured"
    SILENT_ENRICHMENT = "silent_enrichment"
    # why an event started or reached nothing
    EVENT_NO_IDENTITY = "event_no_identity"
    EVENT_NO_JOURNEY = "event_no_journey"
    EVENT_CONDITION_UNMET = "event_condition_unmet"
    EVENT_TOO_LATE = "event_too_late"
    REENTRY_BLOCKED = "reentry_blocked"
    ALREADY_ENROLLED = "already_enrolled"


class LifecycleStage(StrEnum):
    """How far somebody has come with us. Everybody is in exactly one at any instant: ``fermata.segments.lifecycle``."""

    VISITOR = "visitor"
    LEAD = "lead"
    ACTIVE = "active"
    CUSTOMER = "customer"
    REPEAT_CUSTOMER = "repeat_customer"
    AT_RISK = "at_risk"
    LAPSED = "lapsed"


class AcquisitionChannel(StrEnum):
    """How somebody found their way to us: Google Analytics' default channel group, in our spelling."""

    DIRECT = "direct"
    PAID_SEARCH = "paid_search"
    ORGANIC_SEARCH = "organic_search"
    PAID_SOCIAL = "paid_social"
    ORGANIC_SOCIAL = "organic_social"
    PAID_VIDEO = "paid_video"
    ORGANIC_VIDEO = "organic_video"
    PAID_SHOPPING = "paid_shopping"
    ORGANIC_SHOPPING = "organic_shopping"
    DISPLAY = "display"
    PAID_OTHER = "paid_other"
    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    AFFILIATES = "affiliates"
    AUDIO = "audio"
    REFERRAL = "referral"
    OTHER = "other"


class DeliveryState(StrEnum):
    """Where a reservation stands on its way to the person."""

    RESERVED = "reserved"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    RELEASED = "released"
    UNKNOWN = "unknown"


class FeedbackKind(StrEnum):
    """What a provider, or the person, tells of a message that went out."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OPENED = "opened"
    CLICKED = "clicked"
    UNSUBSCRIBED = "unsubscribed"
    REPLIED = "replied"
