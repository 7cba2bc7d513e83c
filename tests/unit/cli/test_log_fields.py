"""What becomes of a log line before it is written."""

from uuid import uuid4

from opentelemetry.trace import SpanKind

from cli.log_fields import add_trace, name_no_profile, shorten_temporal
from fermata.pseudonym import pseudonym
from fermata.trace_context import NO_TRACER, part_of, trace_id, traceparent

PERSON, OTHER = uuid4(), uuid4()
HEADER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_workflow_id_names_the_pseudonym_of_its_profile_wherever_it_stands() -> None:
    line = {
        "event": f"Failed activation on workflow cart/{PERSON} and welcome/{OTHER}/order-1",
        "exception": f"RPCError: cart/{PERSON} is away",
        "broadcast": f"broadcast/{OTHER}",
        "count": 2,
    }
    assert name_no_profile(None, "info", line) == {
        "event": f"Failed activation on workflow cart/{pseudonym(PERSON)} and welcome/{pseudonym(OTHER)}/order-1",
        "exception": f"RPCError: cart/{pseudonym(PERSON)} is away",
        "broadcast": f"broadcast/{OTHER}",
        "count": 2,
    }


def test_of_what_temporals_sdk_adds_what_names_the_work_is_kept() -> None:
    theirs = {
        "workflow_type": "cart",
        "workflow_id": f"cart/{PERSON}",
        "run_id": "r",
        "attempt": 1,
        "namespace": "default",
    }
    line = shorten_temporal(None, "info", {"event": "it waits", "temporal_workflow": theirs})
    kept = {"journey": "cart", "workflow": f"cart/{PERSON}", "temporal_run_id": "r", "attempt": 1}
    assert line == {"event": "it waits", **kept}


def test_a_line_has_the_trace_that_it_is_a_part_of_unless_it_names_another() -> None:
    assert add_trace(None, "info", {}) == {}
    with part_of(HEADER, NO_TRACER, "test", SpanKind.SERVER):
        assert add_trace(None, "info", {}) == {"trace_id": HEADER.split("-")[1]}
        assert add_trace(None, "info", {"trace_id": "another"}) == {"trace_id": "another"}
        assert (traceparent() or "").split("-")[1] == HEADER.split("-")[1]
    for unreadable in (None, "", "00-0-0-0", "x" * 1000):
        with part_of(unreadable, NO_TRACER, "test", SpanKind.SERVER):
            assert len(trace_id() or "") == 32
