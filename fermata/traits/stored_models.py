"""Trainings in the database: kept as JSON, and which of them gives scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fermata.database import Connection, Pool, Queries, new_id
from fermata.traits.training_record import ModelKind, Training

_QUERIES = Queries("fermata.traits")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a kind of model stands.

    Args:
        newest: The last training, whatever came of it; None for never.
        in_force: The last one that was accepted. A later one that was not changes nothing about it.
    """

    newest: Training | None = None
    in_force: Training | None = None


async def keep(connection: Connection | Pool, training: Training) -> None:
    """Stores a training; where it was accepted, it is in force for the next score."""
    await connection.execute(
        _QUERIES["store_model"],
        new_id(),
        training.kind.value,
        training.trained_at,
        training.accepted,
        training.sample.people,
        training.model_dump(mode="json"),
    )


async def standings(connection: Connection | Pool, at: datetime) -> Mapping[ModelKind, Standing]:
    """Returns where each kind of model stood at an instant (aware)."""
    rows = await connection.fetch(_QUERIES["trained"], [kind.value for kind in ModelKind], at)
    trainings = [Training.model_validate(row["document"]) for row in rows]
    return {kind: _standing([each for each in trainings if each.kind is kind]) for kind in ModelKind}


def _standing(trainings: list[Training]) -> Standing:
    newest = max(trainings, key=lambda each: each.trained_at, default=None)
    return Standing(newest, next((each for each in trainings if each.accepted), None))
