"""When a model is good enough to score people: more people than a handful, and better than knowing only the rate."""

from fermata.traits.training_record import Assessment, Sample

FEWEST_PEOPLE = 200
FEWEST_OF_EACH = 20
BY_CHANCE = 0.05
WORST_CALIBRATION = 0.10


def too_little(sample: Sample, held_out: Sample) -> str | None:
    """Says what is missing, or None where there is enough to train on and to measure.

    Args:
        sample: To train on.
        held_out: To measure on.
    """
    for name, each in (("to train on", sample), ("to measure on", held_out)):
        period = f"{name} ({each.cut_off:%Y-%m-%d} to {each.until:%Y-%m-%d})"
        if each.people < FEWEST_PEOPLE:
            return f"there are {each.people} people {period}, and it takes {FEWEST_PEOPLE}"
        if min(each.positives, each.people - each.positives) < FEWEST_OF_EACH:
            return (
                f"it came true for {each.positives} of {each.people} people {period}, "
                f"and it takes {FEWEST_OF_EACH} for whom it does and {FEWEST_OF_EACH} for whom it does not"
            )
    return None


def not_good_enough(assessment: Assessment) -> str | None:
    """Says why a model is not put in force, or None where it is.

    Args:
        assessment: On the period that it had not seen.
    """
    measured = f"{assessment.brier:.4f} against {assessment.brier_of_base_rate:.4f}"
    if assessment.brier >= assessment.brier_of_base_rate:
        return f"it foretells no better than the rate alone (Brier score {measured})"
    if assessment.by_chance >= BY_CHANCE:
        return (
            f"it foretells better than the rate alone, but so little that it may be chance (Brier score {measured}, "
            f"p {assessment.by_chance:.2f})"
        )
    if assessment.calibration_error > WORST_CALIBRATION:
        return (
            f"its probabilities are {assessment.calibration_error:.2f} off on average, and {WORST_CALIBRATION:.2f} "
            "is the most that is let through"
        )
    return None
