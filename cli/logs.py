"""How the processes log: one JSON object a line in production, readable lines on a terminal, workflow logs included."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from structlog.typing import Processor
from temporalio import activity, workflow

from cli.log_fields import add_trace, name_no_profile, shorten_temporal


def configure_logs() -> None:
    """Sends structlog and the standard library's logging through one renderer, to stderr."""
    # The run's ids travel as fields of their own; in the message they would be said twice.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        add_trace,
        shorten_temporal,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    terminal = sys.stderr.isatty()
    # A line costs as much as a few of a request's own steps: nothing is looked up for it that is not in it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    as_json = structlog.processors.JSONRenderer(serializer=_to_json)
    renderer: Processor = structlog.dev.ConsoleRenderer() if terminal else as_json
    rendered: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if not terminal:
        rendered += [structlog.processors.format_exc_info, name_no_profile]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*rendered, renderer])
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for chatty in ("httpx", "alembic", "uvicorn.access", "temporalio.worker"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _to_json(line: object, default: Callable[[Any], Any], **_: object) -> str:
    return orjson.dumps(line, default=default, option=orjson.OPT_NON_STR_KEYS).decode()
