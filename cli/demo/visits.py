"""What shoppers do: a first visit of browsing that may leave a cart behind, and a return that may end in a purchase."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from cli.demo.payload import Payload
from cli.demo.shoppers import Shopper
from cli.demo.world import CURRENCY, Product

SHOP = "https://shop.example.com"
_LOOKS_BEFORE_SAYING_WHO = 0.12
_FILLS_A_CART = 0.62
_BUYS_AT_ONCE = 0.16
_CLEARS_THE_CART = 0.04
_STARTS_CHECKOUT = 0.35
_COMES_BACK = 0.6
_BUYS_AFTER_ALL = 0.3
_CLEARS_AFTER_ALL = 0.05
_LOOKS_AROUND_AGAIN = 0.2
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
)


@dataclass
class Diary:
    """What one shopper does, in the order in which it happens.

    Args:
        random: Seeded.
        shopper: Who it is.
        stamp: Start of every message id, unique to this run of the demo.
        at: When the next thing happens; moves on with each.
    """

    random: Random
    shopper: Shopper
    stamp: str
    at: datetime
    events: list[Payload] = field(default_factory=list)
    cart: list[Product] = field(default_factory=list)
    said_who: bool = False
    written: int = 0

    def introduce(self) -> None:
        """Says who they are, where they are known at all."""
        if self.shopper.user_id is not None and not self.said_who:
            self.said_who = True
            self._write({"type": "identify", "traits": self.shopper.traits})

    def track(self, event: str, properties: Payload) -> None:
        """Does something that the shop keeps an eye on."""
        self._write({"type": "track", "event": event, "properties": properties})

    def leave(self, until: datetime) -> list[Payload]:
        """Goes away until an instant, and hands over what was written down so far."""
        written, self.events, self.at = self.events, [], until
        return written

    def _write(self, what: Payload) -> None:
        self.written += 1
        names = self.shopper.names if self.said_who else {"anonymousId": self.shopper.anonymous_id}
        self.events.append(
            {
                "messageId": f"{self.stamp}-{self.shopper.number:04}-{self.written:03}",
                "timestamp": self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                **names,
                **what,
                "context": self._context(),
            }
        )
        self.at += timedelta(seconds=self.random.uniform(2.0, 30.0))

    def _context(self) -> Payload:
        known_zone = {"timezone": self.shopper.place.zone} if "timezone" in self.shopper.traits else {}
        return {
            "library": {"name": "analytics.js", "version": "4.1.0"},
            "locale": self.shopper.place.locale,
            "userAgent": _AGENTS[self.shopper.number % len(_AGENTS)],
            **known_zone,
        }


def first_visit(diary: Diary, products: tuple[Product, ...]) -> None:
    """Looks around, and perhaps fills a cart, buys, clears it or leaves it."""
    random = diary.random
    if random.random() >= _LOOKS_BEFORE_SAYING_WHO:
        diary.introduce()
    category = random.choice(products).category
    diary.track("Product List Viewed", {"category": category, "url": f"{SHOP}/c/{category.lower().replace(' ', '-')}"})
    looked_at = [random.choice(products) for _ in range(random.randint(2, 8))]
    for product in looked_at:
        diary.track("Product Viewed", described(product))
    diary.introduce()
    if random.random() < _FILLS_A_CART:
        _fill_cart(diary, looked_at)
        end = random.random()
        if end < _BUYS_AT_ONCE:
            buy(diary)
        elif end < _BUYS_AT_ONCE + _CLEARS_THE_CART:
            _clear(diary)
        elif random.random() < _STARTS_CHECKOUT:
            diary.track("Checkout Started", {"value": _sum(diary.cart), "currency": CURRENCY, "step": 1})


def return_visit(diary: Diary, products: tuple[Product, ...]) -> None:
    """Comes back to a cart that was left, or just to look; buys, clears the cart, or leaves it once more."""
    random = diary.random
    if not diary.cart:
        if random.random() < _LOOKS_AROUND_AGAIN:
            diary.track("Product Viewed", described(random.choice(products)))
        return
    if random.random() >= _COMES_BACK:
        return
    diary.track("Product Viewed", described(random.choice(diary.cart)))
    end = random.random()
    if end < _BUYS_AFTER_ALL:
        buy(diary)
    elif end < _BUYS_AFTER_ALL + _CLEARS_AFTER_ALL:
        _clear(diary)


def buy(diary: Diary) -> None:
    """Pays for what is in the cart."""
    number = f"{diary.stamp}-{diary.shopper.number:04}-order-{diary.written:03}"
    lines = [described(product, quantity=1) for product in diary.cart]
    diary.track("Checkout Started", {"value": _sum(diary.cart), "currency": CURRENCY, "step": 1})
    total = _sum(diary.cart)
    diary.track("Order Completed", {"order_id": number, "revenue": total, "currency": CURRENCY, "products": lines})
    diary.cart.clear()


def described(product: Product, **more: Any) -> Payload:  # noqa: ANN401 - properties are JSON
    """A product as the properties of an event, in the words of Segment's ecommerce spec."""
    return {
        "product_id": product.id,
        "name": product.name,
        "brand": product.brand,
        "category": product.category,
        "price": float(product.price),
        "currency": CURRENCY,
        "url": f"{SHOP}/p/{product.id}",
        "image_url": f"{SHOP}/p/{product.id}.jpg",
        **more,
    }


def _fill_cart(diary: Diary, looked_at: list[Product]) -> None:
    for product in diary.random.sample(looked_at, k=min(len(looked_at), diary.random.choice((1, 1, 1, 2)))):
        diary.track("Product Added", described(product, quantity=1, cart_id=f"cart-{diary.shopper.number:04}"))
        diary.cart.append(product)


def _clear(diary: Diary) -> None:
    diary.track("Cart Cleared", {"cart_id": f"cart-{diary.shopper.number:04}"})
    diary.cart.clear()


def _sum(cart: list[Product]) -> float:
    return float(sum((product.price for product in cart), Decimal()))
