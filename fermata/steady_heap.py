"""What a process has loaded when it starts, stays: from then on the garbage collector passes it over."""

import gc

_YOUNG = 10_000
"""Objects that come to be between two looks at the young ones, of which most go by themselves."""

_MIDDLE, _OLD = 10, 1
"""After so many looks at the young come those at the middle-aged, and after so many of these those at the old. A run
that leaves a worker's memory is a knot of some hundred old objects: with Python's own 10 for the old, thousands of such
runs lie about, in hundreds of megabytes, before anybody looks."""


def freeze_heap() -> None:
    """Called once, when all is loaded and nothing is served yet.

    Without it every full collection walks through some hundred thousand objects of libraries that nobody will let go:
    a sixth of the time of a request.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
