"""The activity that sends what was decided: begin, write, hand over to the provider, settle."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.message_links import links_in
from fermata.channels import Accepted, Busy, EmptyContent, Envelope, Provider, RenderFailed, Roster, Templates
from fermata.clock import Clock
from fermata.database import Pool
from fermata.errors import ConfigurationError, InvalidEvent
from fermata.ledger import Failure, Order, Settled, begin_send, give_back, hold, settle_sent
from fermata.profiles.consent_links import ConsentLinks
from fermata.vocabulary import DeliveryState, Reason


class SendCommand(BaseModel):
    """A send that the ledger has reserved.

    Args:
        decision_id: The decision that reserved it.
        asked_at: What the run believes the time to be.
        expires_at: No use to the person from this instant on; None for never.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    decision_id: UUID
    asked_at: AwareDatetime
    expires_at: AwareDatetime | None = None


class SendResult(BaseModel):
    """What became of a send.

    Args:
        result: ``sent``; ``stale``, when it waited too long and must be decided again; or ``failed``, for good.
        failure: Set with ``failed``: the next channel is tried.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    result: Literal["sent", "stale", "failed"]
    failure: Failure | None = None


class Sends:
    """Sends, with what the worker opened for it.

    Args:
        pool: Connections to the ledger's database.
        providers: Who carries what; a channel without one fails with ``provider_misconfigured``.
        templates: What messages are written from.
        clock: Where "now" comes from.
        links: By which people say no, or confirm.
    """

    def __init__(
        self,
        pool: Pool,
        providers: Roster,
        templates: Templates,
        clock: Clock,
        links: ConsentLinks,
    ) -> None:
        self._pool = pool
        self._providers = providers
        self._templates = templates
        self._clock = clock
        self._links = links

    @activity.defn
    async def send(self, command: SendCommand) -> SendResult:
        """Hands one message to its provider under the decision's key; a retry can neither lose nor double it.

        Raises:
            ApplicationError: The provider is busy; Temporal tries again, when the provider says.
        """
        now = self._clock.now(command.asked_at)
        order = await begin_send(self._pool, command.decision_id, now)
        if isinstance(order, Settled):
            return _already(command.decision_id, order)
        provider = next((each.provider for each in self._providers.get(order.channel, ())), None)
        if provider is None:
            detail = f"no provider is configured for {order.channel}; set FERMATA_{order.channel.upper()}_URL"
            return await self._fail(order, now, Reason.PROVIDER_MISCONFIGURED, detail)
        if order.begun_before and provider.capabilities.unknown == "assume_sent":
            await settle_sent(self._pool, order.decision_id, now, provider=provider.name, provider_message_id=None)
            return SendResult(result="sent")
        try:
            envelope = self._write(order, command, now)
        except RenderFailed as error:
            return await self._fail(order, now, Reason.RENDER_FAILED, str(error))
        except EmptyContent as error:
            return await self._fail(order, now, Reason.EMPTY_CONTENT, str(error))
        except InvalidEvent as error:
            return await self._fail(order, now, Reason.RENDER_FAILED, str(error))
        except ConfigurationError as error:
            return await self._fail(order, now, Reason.PROVIDER_MISCONFIGURED, str(error))
        return await self._hand_over(provider, order, envelope, command.asked_at)

    def _write(self, order: Order, command: SendCommand, now: datetime) -> Envelope:
        links = links_in(order, self._links)
        context = {
            "profile": order.traits,
            "event": order.event_properties,
            "message": {"key": order.message, "journey": order.journey, **links},
        }
        return Envelope(
            idempotency_key=order.dedupe_key,
            channel=order.channel,
            address=order.address,
            content=self._templates.render(order.message, order.channel, context),
            profile_id=order.profile_id,
            message_key=order.message,
            decision_id=order.decision_id,
            expires_at=command.expires_at,
            sent_at=now,
            unsubscribe_url=links.get("unsubscribe_url"),
        )

    async def _hand_over(self, provider: Provider, order: Order, envelope: Envelope, asked_at: datetime) -> SendResult:
        answer = await provider.send(envelope)
        now = self._clock.now(asked_at)
        if isinstance(answer, Accepted):
            await settle_sent(
                self._pool,
                order.decision_id,
                now,
                provider=provider.name,
                provider_message_id=answer.provider_message_id,
            )
            return SendResult(result="sent")
        if isinstance(answer, Busy):
            await hold(self._pool, order.decision_id, now, certain=answer.certain, detail=answer.detail)
            raise ApplicationError(
                f"{provider.name} is busy: {answer.detail}",
                type="ProviderBusy",
                next_retry_delay=answer.retry_after,
                category=ApplicationErrorCategory.BENIGN,
            )
        return await self._fail(order, now, answer.reason, answer.detail)

    async def _fail(self, order: Order, now: datetime, reason: Reason, detail: str) -> SendResult:
        await give_back(self._pool, order.decision_id, now, reason, detail)
        failure = Failure(decision_id=order.decision_id, channel=order.channel, reason=reason, detail=detail[:300])
        return SendResult(result="failed", failure=failure)


def _already(decision_id: UUID, settled: Settled) -> SendResult:
    """The answer where nothing is left to send: an earlier try came to an end that this one had not heard of."""
    if settled.state is DeliveryState.RELEASED:
        return SendResult(result="stale")
    if settled.state is DeliveryState.FAILED:
        reason = settled.reason or Reason.PROVIDER_REJECTED
        return SendResult(
            result="failed", failure=Failure(decision_id=decision_id, channel=settled.channel, reason=reason)
        )
    return SendResult(result="sent")
