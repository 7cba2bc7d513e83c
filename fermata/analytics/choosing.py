"""Which of several actions comes next, pure: by the order in which they are declared, and by who they are for."""

from collections.abc import Sequence
from dataclasses import dataclass

Band = tuple[float, float]
"""A purchase propensity, from (included) to (not included)."""


@dataclass(frozen=True, slots=True)
class Considered:
    """An action, and what was seen of its signal.

    Args:
        key: Its name.
        signal: What its signal asks, in words.
        holds: Whether that is so now.
        seen: What was seen, for people, a line a part.
        propensity: Whom it is for; None for whoever it is.
    """

    key: str
    signal: str
    holds: bool
    seen: str
    propensity: Band | None = None

    def is_for(self, propensity: float | None) -> bool:
        """Whether it is for somebody of this purchase propensity. Where none is known, it is for everybody."""
        if self.propensity is None or propensity is None:
            return True
        low, high = self.propensity
        return low <= propensity < high or (propensity == high == 1)


@dataclass(frozen=True, slots=True)
class Choice:
    """What comes next.

    Args:
        key: Of the action; None for nothing.
        why: In words.
    """

    key: str | None
    why: str


def choose(considered: Sequence[Considered], propensity: float | None) -> Choice:
    """Chooses the first action whose signal holds; those that are for the person go before those that are not.

    Args:
        considered: In the order in which they are declared.
        propensity: How likely the person buys within 30 days; None where no model tells.
    """
    holding = [each for each in considered if each.holds]
    if not holding:
        return Choice(None, "no signal holds")
    ranked = sorted(holding, key=lambda each: not each.is_for(propensity))
    best = ranked[0]
    return Choice(best.key, f"{best.signal}{_against(best, holding, propensity)}")


def _against(best: Considered, holding: Sequence[Considered], propensity: float | None) -> str:
    """Why it stands before the others whose signals hold."""
    place = holding.index(best)
    passed, later = holding[:place], holding[place + 1 :]
    said = [
        f"{each.key} is for a purchase propensity of {each.propensity[0]:.2f} to {each.propensity[1]:.2f}, and "
        f"theirs is {propensity:.2f}"
        for each in passed
        if each.propensity is not None
    ]
    if later:
        said.append(f"it is declared before {', '.join(each.key for each in later)}")
    return f"; {'; '.join(said)}" if said else ""
