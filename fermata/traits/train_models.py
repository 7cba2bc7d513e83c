"""Trains the models on the data at hand and keeps what came of it: the work of ``fermata traits train``."""

from datetime import datetime

from fermata.database import Pool
from fermata.traits.examples import examples_at
from fermata.traits.stored_models import keep
from fermata.traits.training import train
from fermata.traits.training_record import HORIZON, ModelKind, Training


async def train_models(pool: Pool, at: datetime) -> tuple[Training, ...]:
    """Trains each kind of model, and puts those in force that are good enough.

    Trained is on what became of people between 60 and 30 days ago; measured, on the last 30 days.

    Args:
        pool: Where the events are.
        at: The present, aware.

    Returns:
        One training a kind, as it was kept.
    """
    async with pool.acquire() as connection:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            earlier = await examples_at(connection, at - 2 * HORIZON)
            later = await examples_at(connection, at - HORIZON)
        trainings = tuple(train(kind, earlier[kind], later[kind], at) for kind in ModelKind)
        async with connection.transaction():
            for training in trainings:
                await keep(connection, training)
    return trainings
