"""What a message says of itself beside its words: ``{message}/message.toml``.

track_links = false

[inputs.event]
price = "price"
brand = { type = "text", optional = true }

[inputs.profile]
first_name = { type = "text", default = "there" }

[products]
bundle = { category = "event.category", without = "event.product_id", most = 3 }
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from fermata.channels.template_source import Source
from fermata.channels.value_types import VALUE_TYPES
from fermata.errors import ConfigurationError, DefinitionError
from fermata.events.toml_document import read_toml
from fermata.vocabulary import Channel

MOST_PRODUCTS = 24
"""In one list that a message shows."""

SOURCES = ("event", "profile")
"""Where an input may come from."""

TRACKED = (Channel.EMAIL, Channel.SMS, Channel.PUSH)
"""Whose links can lead through here. What is done with a card, the inbox tells anyway."""

_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
_Path = Annotated[str, StringConstraints(pattern=r"^(event|profile)\.[A-Za-z_][A-Za-z0-9_]{0,99}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _channels(value: object) -> object:
    """``true`` and ``false`` speak of the mail alone: a text message that is rewritten is another one to its reader."""
    if isinstance(value, bool):
        return (Channel.EMAIL,) if value else ()
    if isinstance(value, list | tuple) and all(each in TRACKED for each in value):
        return tuple(Channel(each) for each in value)
    raise ValueError(f"must be true, false, or a list of {', '.join(TRACKED)}")


class Input(_Strict):
    """A value that a template speaks of.

    Args:
        type: One of ``VALUE_TYPES``; what comes in is brought to it.
        default: What stands in its place where it is missing, or not of its type.
        optional: It may be missing, and the template tests for it. Without either, nothing is sent where it is.
    """

    type: str
    default: Any = None
    optional: bool = False

    @field_validator("type")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in VALUE_TYPES:
            raise ValueError(f"is no type; use one of {', '.join(VALUE_TYPES)}")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.default is not None:
            if self.optional:
                raise ValueError("has a default, so it is never missing; leave out optional")
            VALUE_TYPES[self.type](self.default)
        return self

    @property
    def needed(self) -> bool:
        """Nothing is sent where it is missing."""
        return self.default is None and not self.optional


class Products(_Strict):
    """A list of products that a template finds as ``products.{name}``, looked up before it is rendered.

    Args:
        ids: Products by id, always the same.
        of: A property that names products: an id, a list of ids, or a list of products as orders have it.
        category: A property that names a category, or a list of products as orders have it, of which the first that
            has a category counts: the products of that category, those that were put in last first.
        without: A property that names products which are left out.
        most: At most so many.
        least: With fewer than so many there is nothing to say, and nothing is sent on the channel.
    """

    ids: tuple[str, ...] = ()
    of: _Path | None = None
    category: _Path | None = None
    without: _Path | None = None
    most: int = Field(default=6, ge=1, le=MOST_PRODUCTS)
    least: int = Field(default=0, ge=0, le=MOST_PRODUCTS)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(map(bool, (self.ids, self.of, self.category))) != 1:
            raise ValueError("says nothing of whence, or too much; give one of ids, of and category")
        if len(self.ids) > MOST_PRODUCTS:
            raise ValueError(f"names {len(self.ids)} products; at most {MOST_PRODUCTS} are shown")
        if self.least > self.most:
            raise ValueError(f"wants at least {self.least} and at most {self.most}")
        return self


def _in_short(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


_Inputs = dict[_Name, Annotated[Input, BeforeValidator(_in_short)]]


class Inputs(_Strict):
    """The values that a message's templates speak of, by where they come from.

    Args:
        event: Properties of the event that started the run; None where the message does not say.
        profile: Traits; None where the message does not say.
    """

    event: _Inputs | None = None
    profile: _Inputs | None = None

    def of(self, source: str) -> Mapping[str, Input] | None:
        """Those of ``event`` or ``profile``."""
        return self.event if source == "event" else self.profile


class Sheet(_Strict):
    """All that a message says of itself.

    Args:
        track_links: The channels whose links lead through here, so that clicks are known; ``true`` is email alone.
        inputs: What its templates speak of.
        products: Lists of products, by the name under which templates find them.
    """

    track_links: Annotated[tuple[Channel, ...], BeforeValidator(_channels)] = (Channel.EMAIL,)
    inputs: Inputs = Inputs()
    products: dict[_Name, Products] = Field(default_factory=dict)


NO_SHEET = Sheet()
"""Of a message without the file."""


def read_sheet(source: Source) -> Sheet:
    """Reads the file.

    Raises:
        DefinitionError: It cannot be used; every fault with its place.
    """
    try:
        return read_toml(source.text, Sheet, str(source.path))
    except ConfigurationError as error:
        raise DefinitionError(str(error)) from None
