"""What a process has loaded when it starts, stays: from then on the garbage collector passes it over."""

import gc

_YOUNG = 10_000
"""Objects that come to be between two looks at the young ones, of which most go by themselves."""


def freeze_heap() -> None:
    """Called once, when all is loaded and nothing is served yet.

    Without it every full collection walks through some hundred thousand objects of libraries that nobody will let go:
    a sixth of the time of a request.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
