"""The map of a journey of this deployment, read from the file that its class stands in."""

import inspect

from fermata.errors import DefinitionError
from fermata.journeys.map import JourneyMap
from fermata.journeys.map_drawing import draw_map
from workflows.discovery import Journeys


def map_of(journeys: Journeys, name: str) -> JourneyMap:
    """Draws a journey.

    Args:
        journeys: Those of this deployment.
        name: The journey's.

    Raises:
        NotFound: There is no such journey.
        DefinitionError: Its file cannot be read, or its class is not at the top of it.
    """
    definition = journeys.registry[name]
    journey = journeys.classes[name]
    module = inspect.getmodule(journey)
    if module is None:
        raise DefinitionError(f"{name}: {journey.__qualname__} stands in no module; define it in a file")
    try:
        text = inspect.getsource(module)
    except OSError as error:
        raise DefinitionError(f"{name}: its file cannot be read ({error}); keep the source beside the worker") from None
    return draw_map(text, journey.__name__, journey=name, definition=definition, names=vars(module))
