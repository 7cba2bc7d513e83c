"""Writes what is sent: an order becomes an envelope, with the words in the person's language and its links signed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from activities.message_links import links_in
from fermata.catalogue import bundle, shown
from fermata.channels import (
    Content,
    EmailContent,
    Envelope,
    PushContent,
    SmsContent,
    Templates,
    TemplatesInUse,
)
from fermata.channels.short_links import keep, shorten
from fermata.channels.template_values import NO_PRODUCTS, ProductsFound
from fermata.channels.tracked_links import NO_TRACKED_LINKS, TrackedLink, TrackedLinks
from fermata.database import Pool
from fermata.ledger import Order
from fermata.profiles.consent_links import ConsentLinks


@dataclass(frozen=True)
class Writer:
    """Writes messages.

    Args:
        pool: For the catalogue, which is asked only by messages that show products.
        templates: What messages are written from.
        links: By which people say no, or confirm.
        tracked: By which clicks are known; without a secret, links stay as they are.
    """

    pool: Pool
    templates: TemplatesInUse
    links: ConsentLinks
    tracked: TrackedLinks = NO_TRACKED_LINKS

    async def write(self, order: Order, now: datetime, expires_at: datetime | None) -> Envelope:
        """Writes one message.

        Args:
            order: What is to be sent, to whom.
            now: The instant, aware.
            expires_at: No use to the person from this instant on; None for never.

        Raises:
            RenderFailed: It cannot be written from what is known.
            EmptyContent: There is nothing to say.
            InvalidEvent: What was requested cannot be confirmed.
            ConfigurationError: A request must be confirmed, and there is no secret.
        """
        links = links_in(order, self.links)
        context = {
            "profile": order.traits,
            "event": order.event_properties,
            "message": {"key": order.message, "journey": order.journey, **links},
        }
        templates = self.templates.current
        products = await self._look_up(templates, order.message, context)
        content = templates.render(order.message, order.channel, context, locale=order.locale, products=products)
        return Envelope(
            idempotency_key=order.dedupe_key,
            channel=order.channel,
            address=order.address,
            content=await self._with_links(templates, content, order),
            profile_id=order.profile_id,
            message_key=order.message,
            decision_id=order.decision_id,
            expires_at=expires_at,
            sent_at=now,
            unsubscribe_url=links.get("unsubscribe_url"),
        )

    async def _look_up(self, templates: Templates, message_key: str, context: Mapping[str, object]) -> ProductsFound:
        wanted = templates.products(message_key, context)
        if not wanted:
            return NO_PRODUCTS
        found = await bundle(self.pool, wanted.ids, wanted.categories)
        return ProductsFound(
            {product_id: shown(product) for product_id, product in found.by_id.items()},
            {name: [shown(product) for product in several] for name, several in found.by_category.items()},
        )

    async def _with_links(self, templates: Templates, content: Content, order: Order) -> Content:
        if order.tracking_refused or not templates.tracks_links(order.message, order.channel):
            return content
        hosts = templates.hosts(order.message)
        if isinstance(content, EmailContent):
            return replace(content, html=self.tracked.rewrite(content.html, order.decision_id, hosts=hosts))
        if isinstance(content, PushContent) and content.url is not None and self.tracked.usable:
            link = TrackedLink(order.decision_id, content.url)
            return replace(content, url=self.tracked.url(link)) if self.tracked.may_lead(link.url, hosts) else content
        if isinstance(content, SmsContent):
            text, links = shorten(content.text, order.decision_id, self.tracked, hosts=hosts)
            await keep(self.pool, self.tracked, links)
            return replace(content, text=text)
        return content
