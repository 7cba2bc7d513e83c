"""Finds the journeys of a deployment: every subclass of Journey with a workflow definition, in what is named."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType

from temporalio import workflow

from fermata.errors import ConfigurationError, DefinitionError
from fermata.journeys import JourneyDefinition, Registry
from workflows.importing import import_file
from workflows.journey import Journey


class Journeys:
    """The journeys found.

    Args:
        classes: By the name in ``@workflow.defn``.
        template_roots: The ``templates`` folders beside them.
    """

    def __init__(self, classes: Mapping[str, type[Journey]], template_roots: tuple[Path, ...] = ()) -> None:
        self.classes = MappingProxyType(dict(classes))
        self.template_roots = template_roots

    @property
    def registry(self) -> Registry:
        """Their definitions, for the door and the ledger."""
        return Registry({name: journey.definition for name, journey in self.classes.items()})


def discover(packages: Iterable[str]) -> Journeys:
    """Imports every module of the packages and collects the journeys in them.

    Args:
        packages: For example ``("workflows",)`` for all that ship, or ``("workflows.cart_recovery",)`` for one of them.

    Raises:
        ConfigurationError: A package or module cannot be imported.
        DefinitionError: Two journeys have one name, or a journey has no definition.
    """
    classes: dict[str, type[Journey]] = {}
    roots: list[Path] = []
    for package in packages:
        for journey in _journeys_in(package):
            name = _name(journey)
            if name in classes:
                raise DefinitionError(
                    f"two journeys are named {name!r}: {_place(classes[name])} and {_place(journey)}; rename one"
                )
            classes[name] = journey
        roots += _template_roots(package)
    return Journeys(classes, tuple(dict.fromkeys(roots)))


def modules_of(package: str) -> list[ModuleType]:
    """Imports a package, or a module, and the modules in it.

    Args:
        package: Of ``FERMATA_JOURNEYS``.

    Raises:
        ConfigurationError: There is no such package.
        DefinitionError: The code of a module fails; the message names file, line and mend.
    """
    try:
        found = import_file(package)
    except DefinitionError as error:
        missing = error.__cause__.name if isinstance(error.__cause__, ModuleNotFoundError) else None
        if missing is None or not f"{package}.".startswith(f"{missing}."):
            raise
        raise ConfigurationError(
            f"FERMATA_JOURNEYS names {package!r}, which cannot be imported ({error.__cause__}); "
            "give packages on PYTHONPATH"
        ) from error
    inside = pkgutil.iter_modules(getattr(found, "__path__", ()))  # a module has none inside
    return [found, *(import_file(f"{package}.{module.name}") for module in inside)]


def _journeys_in(package: str) -> list[type[Journey]]:
    return [
        value
        for module in modules_of(package)
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Journey)
        and value is not Journey
        and value.__module__ == module.__name__
    ]


def _name(journey: type[Journey]) -> str:
    definition = workflow._Definition.from_class(journey)
    if definition is None or definition.name is None:
        raise DefinitionError(f"{_place(journey)} is a Journey without @workflow.defn(name=…); add it above the class")
    if not isinstance(getattr(journey, "definition", None), JourneyDefinition):
        raise DefinitionError(f"{_place(journey)} has no definition; add `definition = JourneyDefinition(…)` to it")
    return definition.name


def _place(journey: type[Journey]) -> str:
    """``file:line: Class``, as an editor takes it."""
    try:
        _, line = inspect.getsourcelines(journey)
    except (OSError, TypeError):  # made by code, and in no file
        return f"{journey.__module__}.{journey.__qualname__}"
    return f"{inspect.getsourcefile(journey)}:{line}: {journey.__qualname__}"


def _template_roots(package: str) -> list[Path]:
    found = importlib.import_module(package)
    places = getattr(found, "__path__", None) or [Path(str(found.__file__)).parent]  # beside it, of a module
    folders = [Path(path) / "templates" for path in places]
    return [folder for folder in folders if folder.is_dir()]
