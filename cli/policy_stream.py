"""Decides a stream of cases: one JSON object a line in, one a line out, in the same order."""

from typing import BinaryIO

import orjson
from pydantic import ValidationError

from cli.bounded_lines import Pause, TooLong, bounded_lines
from fermata.policy import Facts, Policy, decide

LONGEST_LINE = 512 * 1024
"""In bytes. A case with a year of exposures is a fraction of this."""

_BUFFER = 1 << 16
_VALUE_ERROR = "Value error, "
_MOST_FAULTS = 5


def decide_stream(cases: BinaryIO, decisions: BinaryIO, policy: Policy) -> int:
    """Decides every line of a stream, in constant memory. Empty lines are passed over.

    Args:
        cases: NDJSON, each line the facts of one case.
        decisions: Gets one line for each: the decision, or ``{"error": {"line": n, "message": …}}`` in its place.
        policy: The rules.

    Returns:
        How many lines were bad.
    """
    bad = 0
    waiting = bytearray()
    number = 0
    for line in bounded_lines(cases, LONGEST_LINE):
        if isinstance(line, Pause):
            decisions.write(waiting)
            decisions.flush()
            waiting.clear()
            continue
        number += 1
        if isinstance(line, bytes) and not line.strip():
            continue
        answer, is_bad = _answer(line, number, policy)
        bad += is_bad
        waiting += answer
        waiting += b"\n"
        if len(waiting) > _BUFFER:
            decisions.write(waiting)
            waiting.clear()
    decisions.write(waiting)
    decisions.flush()
    return bad


def _answer(line: bytes | TooLong, number: int, policy: Policy) -> tuple[bytes, bool]:
    if isinstance(line, TooLong):
        return _error(number, f"the line is longer than {LONGEST_LINE} bytes; give one case a line"), True
    try:
        facts = Facts.model_validate_json(line, strict=True)
    except ValidationError as error:
        return _error(number, _faults(line, error)), True
    return decide(facts, policy).to_json(), False


def _error(number: int, message: str) -> bytes:
    return orjson.dumps({"error": {"line": number, "message": message}})


def _faults(line: bytes, error: ValidationError) -> str:
    try:
        line.decode()
    except UnicodeDecodeError as broken:
        return f"byte {line[broken.start]:#04x} at column {broken.start + 1} is not UTF-8; send UTF-8"
    faults = error.errors(include_url=False, include_context=False)
    told = [_fault(".".join(map(str, fault["loc"])), fault["msg"]) for fault in faults[:_MOST_FAULTS]]
    if len(faults) > _MOST_FAULTS:
        told.append(f"and {len(faults) - _MOST_FAULTS} more")
    return "; ".join(told)


def _fault(field: str, message: str) -> str:
    # The JSON parser counts lines too, within the one line that it sees.
    message = message.removeprefix(_VALUE_ERROR).replace(" at line 1 column ", " at column ")
    return f"{field}: {message}" if field else message
