"""``fermata traits train``: what came of the training of each model, with its calibration."""

from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.database import on_database
from cli.json_output import print_json
from fermata.database import Pool
from fermata.traits import ModelKind, RfmBorders, Training, fresh_borders
from fermata.traits.train_models import train_models
from fermata.traits.training_record import Assessment, Sample
from fermata.wording import counted

_TITLES = {ModelKind.CHURN_RISK: "churn risk", ModelKind.PURCHASE_PROPENSITY: "purchase propensity"}
_INDENT = (0, 0, 0, 2)


def train_traits(at: datetime, *, as_json: bool) -> None:
    """Trains the models, looks at the population anew, and prints what came of it.

    Args:
        at: The present, aware.
        as_json: Whether to print one JSON document instead.
    """

    async def work(pool: Pool) -> tuple[tuple[Training, ...], RfmBorders]:
        trainings = await train_models(pool, at)
        return trainings, await fresh_borders(pool, at, anew=True)

    trainings, population = on_database(work)
    if as_json:
        print_json({"models": list(trainings), "population": population})
        return
    console = Console(highlight=False)
    for training in trainings:
        _print(console, training)
    console.print(f"The fifths of {counted(population.customers, 'customer')} are as of now.")


def _print(console: Console, training: Training) -> None:
    console.print(Text(f"{_TITLES[training.kind]}: {training.verdict}", style="bold"))
    lines = [f"trained on   {_sample(training.sample)}", f"measured on  {_sample(training.held_out)}"]
    if training.assessment is not None:
        lines += _measures(training.assessment)
    console.print(Padding(Text("\n".join(lines)), _INDENT))
    if training.assessment is not None:
        console.print(Padding(_reliability(training.assessment), _INDENT))
    console.print()


def _sample(sample: Sample) -> str:
    period = f"{sample.cut_off:%Y-%m-%d} to {sample.until:%Y-%m-%d}"
    return f"{counted(sample.people, 'person', 'people')}, {period}: it came true for {sample.rate:.1%}"


def _measures(assessment: Assessment) -> list[str]:
    return [
        f"Brier score  {assessment.brier:.4f}; of the rate alone {assessment.brier_of_base_rate:.4f} "
        f"(p {assessment.by_chance:.2g})",
        f"AUC          {assessment.auc:.3f}; 0.5 is chance",
        f"calibration  {assessment.calibration_error:.3f} off on average",
    ]


def _reliability(assessment: Assessment) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("people", "foretold", "came true"):
        table.add_column(name, justify="right")
    for row in assessment.reliability:
        table.add_row(f"{row.people:,}", f"{row.foretold:.1%}", f"{row.came_true:.1%}")
    return table
