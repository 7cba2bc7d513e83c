"""The activity that sends what was decided: begin, write, hand over to the provider, settle."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import structlog
from opentelemetry.trace import Span, SpanKind, Tracer
from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.meters import JourneyMeters
from activities.to_its_end import to_its_end
from activities.writing import Writer
from fermata.channels import (
    Accepted,
    Busy,
    Carriers,
    EmptyContent,
    Enlisted,
    Envelope,
    Rejected,
    RenderFailed,
    TemplatesInUse,
)
from fermata.channels.tracked_links import NO_TRACKED_LINKS, TrackedLinks
from fermata.clock import Clock
from fermata.database import Pool
from fermata.errors import ConfigurationError, InvalidEvent
from fermata.ledger import Failure, Order, Settled, begin_send, give_back, hold, settle_sent
from fermata.profiles.consent_links import ConsentLinks
from fermata.trace_context import NO_TRACER
from fermata.vocabulary import Channel, DeliveryState, Reason

_log = structlog.get_logger("fermata.sends")


class SendCommand(BaseModel):
    """A send that the ledger has reserved.

    Args:
        decision_id: The decision that reserved it.
        channel: What carries it.
        asked_at: What the run believes the time to be.
        expires_at: No use to the person from this instant on; None for never.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    decision_id: UUID
    channel: Channel
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
        carriers: Who carries what; a channel without a provider fails with ``provider_misconfigured``.
        templates: What messages are written from.
        clock: Where "now" comes from.
        links: By which people say no, or confirm.
        tracked: By which clicks in mail are known.
        meters: What counts; ones that nobody reads where it is None.
        tracer: What records calls of providers.
    """

    def __init__(
        self,
        pool: Pool,
        carriers: Carriers,
        templates: TemplatesInUse,
        clock: Clock,
        links: ConsentLinks,
        tracked: TrackedLinks = NO_TRACKED_LINKS,
        meters: JourneyMeters | None = None,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self._tracer = tracer
        self._meters = meters or JourneyMeters()
        self._pool = pool
        self._carriers = carriers
        self._clock = clock
        self._writer = Writer(pool, templates, links, tracked)

    @activity.defn
    async def send(self, command: SendCommand) -> SendResult:
        """Hands one message to a provider under the decision's key; a retry can neither lose nor double it.

        A provider that surely did not take it leaves it to the next. One that may have it is the only one asked again.

        Raises:
            ApplicationError: Nobody can take it now; Temporal tries again, when the providers say.
        """
        return await to_its_end(self._send(command))

    async def _send(self, command: SendCommand) -> SendResult:
        refused: dict[str, Rejected | Busy] = {}
        while True:
            picked = await self._pick(command, refused)
            now = self._clock.now(command.asked_at)
            name = picked.name if picked is not None else None
            order = await begin_send(self._pool, command.decision_id, now, provider=name)
            if isinstance(order, Settled):
                return _already(command.decision_id, order)
            if order.provider is None:
                detail = f"no provider is configured for {order.channel}; declare one in the file of FERMATA_PROVIDERS"
                return await self._fail(order, now, Reason.PROVIDER_MISCONFIGURED, detail)
            carrier = self._carriers.roster.named(order.channel, order.provider)
            if carrier is None or (order.begun_before and carrier.provider.capabilities.unknown == "assume_sent"):
                # It may be out. Who could tell is not here any more, or must not be asked twice.
                return await self._sent(order, now, order.provider, None)
            if carrier.name != name:
                await self._wait_for(carrier, order, now)
            envelope = await self._envelope(order, command, now)
            if isinstance(envelope, SendResult):
                return envelope
            with self._meters.calling(carrier, order.channel), self._recorded(carrier, order):
                answer = await self._carriers.hand_over(carrier, envelope)
            self._meters.answered(carrier, order.channel, answer)
            _tell(carrier, order, answer)
            others = len(self._carriers.roster[order.channel]) > len(refused) + 1
            result = await self._record(carrier, order, answer, self._clock.now(command.asked_at), others=others)
            if result is not None:
                return result
            if not isinstance(answer, Accepted):
                refused[carrier.name] = answer

    def _recorded(self, carrier: Enlisted, order: Order) -> AbstractContextManager[Span]:
        return self._tracer.start_as_current_span(
            f"{order.channel.value} by {carrier.name}",
            kind=SpanKind.CLIENT,
            attributes={
                "fermata.decision_id": str(order.decision_id),
                "fermata.run_id": str(order.run_id),
                "fermata.message": order.message,
            },
        )

    async def _pick(self, command: SendCommand, refused: Mapping[str, Rejected | Busy]) -> Enlisted | None:
        """Who is to carry it; None where the channel has nobody."""
        if command.channel not in self._carriers.roster:
            return None
        picked = await self._carriers.pick(command.channel, str(command.decision_id), tried=refused.keys())
        if isinstance(picked, Enlisted):
            return picked
        busy = next((answer for answer in refused.values() if isinstance(answer, Busy)), None)
        # Whoever was only busy can be asked again soon; nobody waits for the others then.
        raise _busy(picked.detail, busy.retry_after if busy is not None else picked.retry_after)

    async def _wait_for(self, carrier: Enlisted, order: Order, now: datetime) -> None:
        """Makes sure that whoever may have the message can be asked now: nobody else may be."""
        refusal = await self._carriers.refusal_of(carrier)
        if refusal is not None:
            detail = f"{refusal.detail}, and may have the message"
            await hold(self._pool, order.decision_id, now, certain=False, detail=detail)
            raise _busy(detail, refusal.retry_after)

    async def _envelope(self, order: Order, command: SendCommand, now: datetime) -> Envelope | SendResult:
        try:
            return await self._writer.write(order, now, command.expires_at)
        except (RenderFailed, InvalidEvent) as error:
            return await self._fail(order, now, Reason.RENDER_FAILED, str(error))
        except EmptyContent as error:
            return await self._fail(order, now, Reason.EMPTY_CONTENT, str(error))
        except ConfigurationError as error:
            return await self._fail(order, now, Reason.PROVIDER_MISCONFIGURED, str(error))

    async def _record(
        self, carrier: Enlisted, order: Order, answer: Accepted | Rejected | Busy, now: datetime, *, others: bool
    ) -> SendResult | None:
        """Writes down what the provider answered; None leaves the message to the others."""
        if isinstance(answer, Accepted):
            result: SendResult | None = await self._sent(order, now, carrier.name, answer.provider_message_id)
        elif isinstance(answer, Rejected) and (answer.permanent or not others):
            result = await self._fail(order, now, answer.reason, answer.detail)
        else:
            certain = answer.certain if isinstance(answer, Busy) else True
            detail = f"{carrier.name}: {answer.detail}"
            await hold(self._pool, order.decision_id, now, certain=certain, detail=detail)
            result = None
        await self._carriers.learn(carrier, answer)
        if isinstance(answer, Busy) and not (answer.certain and others):
            raise _busy(f"{carrier.name} is busy: {answer.detail}", answer.retry_after)
        return result

    async def _sent(self, order: Order, now: datetime, provider: str, provider_message_id: str | None) -> SendResult:
        await settle_sent(
            self._pool, order.decision_id, now, provider=provider, provider_message_id=provider_message_id
        )
        return SendResult(result="sent")

    async def _fail(self, order: Order, now: datetime, reason: Reason, detail: str) -> SendResult:
        await give_back(self._pool, order.decision_id, now, reason, detail)
        failure = Failure(decision_id=order.decision_id, channel=order.channel, reason=reason, detail=detail[:300])
        return SendResult(result="failed", failure=failure)


def _tell(carrier: Enlisted, order: Order, answer: Accepted | Rejected | Busy) -> None:
    """With the ids by which the message is known to the provider, and by which its way here is found."""
    _log.info(
        "a provider has answered",
        event_id=str(order.event_id),
        run_id=str(order.run_id),
        message=order.message,
        channel=order.channel.value,
        provider=carrier.name,
        answer=type(answer).__name__.lower(),
        provider_message=answer.provider_message_id if isinstance(answer, Accepted) else None,
    )


def _busy(detail: str, retry_after: timedelta | None) -> ApplicationError:
    return ApplicationError(
        detail, type="ProviderBusy", next_retry_delay=retry_after, category=ApplicationErrorCategory.BENIGN
    )


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
