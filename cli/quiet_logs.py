"""What a command says is its answer: of what it does in its own process only troubles are logged, to stderr."""

import logging
import sys

import structlog


def log_troubles_only() -> None:
    """For commands that take events in, or run journeys, themselves; the processes log by ``configure_logs``."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
