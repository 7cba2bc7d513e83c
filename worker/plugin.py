"""One Temporal plugin for clients, workers and replay: converter, sandbox, and what fails a run."""

from dataclasses import replace

from opentelemetry.trace import Tracer
from pydantic import ValidationError
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DefaultFailureConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner

from fermata.errors import FermataError
from fermata.privacy import ProfileKeys
from fermata.trace_context import NO_TRACER
from worker.codec import ProfileCodec
from worker.named_work import NamedWork
from worker.sandbox import runner


def fermata_plugin(
    workflow_runner: WorkflowRunner | None = None, keys: ProfileKeys | None = None, tracer: Tracer = NO_TRACER
) -> SimplePlugin:
    """The plugin for ``Client.connect``, inherited by its workers, and for ``Replayer``.

    Which workflows and activities a worker offers is its own business, since each channel has a worker of its own.

    Args:
        workflow_runner: Another one than ``runner()``, for simulations.
        keys: Of people, by which histories are written; None writes them in the clear.
        tracer: What records calls, runs and activities. A trace travels in headers, which a replay passes over.
    """
    tracing = [] if tracer is NO_TRACER else [TracingInterceptor(tracer)]
    return SimplePlugin(
        "fermata",
        interceptors=[*tracing, NamedWork()],
        data_converter=replace(
            pydantic_data_converter,
            payload_codec=ProfileCodec(keys),
            # What an error says is encrypted with the rest.
            failure_converter_class=DefaultFailureConverterWithEncodedAttributes if keys else DefaultFailureConverter,
        ),
        workflow_runner=workflow_runner or runner(),
        # An author's mistake fails the run at once with its message. Any other exception suspends it until a worker
        # with mended code comes, and so does nondeterminism.
        workflow_failure_exception_types=[FermataError, ValidationError],
    )
