"""Liquid for each language: the shared files that a template in that language includes and renders."""

from collections.abc import Mapping

from liquid import BoundTemplate, CachingDictLoader
from liquid.exceptions import LiquidError

from fermata.channels.liquid_limits import FrugalEnvironment
from fermata.channels.locales import chain
from fermata.channels.money import money
from fermata.channels.site import Site
from fermata.channels.template_files import Shared
from fermata.channels.template_source import Source
from fermata.errors import DefinitionError


class Environments:
    """Compiles templates, each with the shared files of its language.

    Args:
        shared: By name and locale; None is for everybody.
        site: Whom the messages speak for.
    """

    def __init__(self, shared: Mapping[tuple[str, str | None], Shared], site: Site) -> None:
        self._files = shared
        self._site = site
        self._made: dict[tuple[str | None, bool], FrugalEnvironment] = {}

    @property
    def locales(self) -> frozenset[str | None]:
        """The languages in which shared files are written."""
        return frozenset(locale for _, locale in self._files) | {None}

    def shared(self, locale: str | None) -> dict[str, Shared]:
        """The files that templates of a language include and render, by name."""
        found: dict[str, Shared] = {}
        for name, _ in self._files:
            for each in (*chain(locale), None):
                if (name, each) in self._files:
                    found[name] = self._files[name, each]
                    break
        return found

    def compile(self, source: Source, name: str, locale: str | None, *, html: bool) -> BoundTemplate:
        """Compiles a file.

        Raises:
            DefinitionError: It is no Liquid; names file and line.
        """
        try:
            return self._environment(locale, html=html).from_string(source.text, name=name, path=source.path)
        except LiquidError as error:
            place = source.at(error.token.start_index) if error.token else str(source.path)
            raise DefinitionError(f"{place}: {error.message}") from None

    def _environment(self, locale: str | None, *, html: bool) -> FrugalEnvironment:
        if (locale, html) not in self._made:
            environment = FrugalEnvironment(autoescape=html, filters={"link": self._site.link, "money": money})
            texts = {name: file.source.text for name, file in self.shared(locale).items()}
            environment.loader = CachingDictLoader(texts, auto_reload=False, capacity=len(texts) or 1)
            self._made[locale, html] = environment
        return self._made[locale, html]
