"""What is wrong with a policy document, each fault with its place."""

from dataclasses import dataclass

from fermata.errors import PolicyError


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """One fault.

    Args:
        message: What is wrong and how to mend it.
        table: The table it stands in, such as ``channels.email``; "" for the top of the document.
        key: The key in the table; "" where the fault is the table's.
        value: The value at fault, as text; "" where there is none.
        line: Where it stands, counted from 1; None where that cannot be told.
    """

    message: str
    table: str = ""
    key: str = ""
    value: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line is not None else []
        if self.table:
            place.append(f"[{self.table}]")
        if self.key:
            place.append(f"{self.key} = {self.value}" if self.value else self.key)
        return f"{', '.join(place)}: {self.message}" if place else self.message


class InvalidPolicy(PolicyError):
    """A policy document with at least one fault.

    Args:
        source: The file's name, or what else the document is called.
        problems: All its faults, in the document's order.
    """

    def __init__(self, source: str, problems: tuple[PolicyProblem, ...]) -> None:
        super().__init__("; ".join(f"{source}: {problem}" for problem in problems))
        self.source = source
        self.problems = problems
