"""Reads a policy document, and names every fault with its table, key, value and line."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fermata.errors import PolicyError
from fermata.policy.document import Policy
from fermata.policy.known_keys import known_keys
from fermata.policy.places import line_of
from fermata.policy.problems import InvalidPolicy, PolicyProblem

_SYNTAX_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_VALUE_ERROR = "Value error, "


def parse_policy(text: str, source: str = "policy") -> Policy:
    """Returns the policy of a TOML document.

    Args:
        text: The document.
        source: What errors call it.

    Raises:
        InvalidPolicy: With all the faults of the document.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPolicy(source, (_syntax_problem(str(error)),)) from None
    try:
        return Policy.model_validate(document)
    except ValidationError as error:
        found = (_problem(fault, text) for fault in error.errors())
        problems = sorted(found, key=lambda problem: problem.line or 0)
        raise InvalidPolicy(source, tuple(problems)) from None


def load_policy(path: Path) -> Policy:
    """Returns the policy of a TOML file.

    Raises:
        InvalidPolicy: With all the faults of the document.
        PolicyError: The file cannot be read.
    """
    return parse_policy(read_document(path), str(path))


def read_document(path: Path) -> str:
    """Returns the text of a TOML file, as it stands there.

    Raises:
        InvalidPolicy: It is not UTF-8.
        PolicyError: The file cannot be read.
    """
    try:
        return Path(path).read_bytes().decode()
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}; name a TOML file") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = PolicyProblem(f"byte {error.object[error.start]:#04x} is not UTF-8; save it as UTF-8", line=line)
        raise InvalidPolicy(str(path), (problem,)) from None


def default_document() -> str:
    """Returns the text of the policy that ships with Fermata (``presets/default.toml``)."""
    return files("fermata.policy").joinpath("presets/default.toml").read_text(encoding="utf-8")


def default_policy() -> Policy:
    """Returns the policy that ships with Fermata."""
    return parse_policy(default_document(), "the default policy")


def _syntax_problem(message: str) -> PolicyProblem:
    match = _SYNTAX_LINE.search(message)
    line = int(match[1]) if match else None
    return PolicyProblem(f"this is no TOML: {_SYNTAX_LINE.sub('', message)}", line=line)


def _problem(fault: ErrorDetails, text: str) -> PolicyProblem:
    path = fault["loc"]
    keys = [str(part) for part in path if isinstance(part, str)]
    is_table = isinstance(fault["input"], dict)
    table, key = (keys, "") if is_table else (keys[:-1], keys[-1] if keys else "")
    message = fault["msg"].removeprefix(_VALUE_ERROR)
    if fault["type"] == "extra_forbidden":
        message = f"no such key; there are: {', '.join(known_keys(path[:-1]))}"
    return PolicyProblem(message, ".".join(table), key, _value_text(fault["input"], is_table), line_of(path, text))


def _value_text(value: object, is_table: bool) -> str:
    text = "" if is_table else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
