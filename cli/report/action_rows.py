"""Next best actions as rows of a table, each with what it brought on one scale."""

from api.console.analytics_rows import Row, lift_rows


def action_rows(answer: Row) -> list[Row]:
    """A row for each action that was chosen, those of one journey together.

    Args:
        answer: What was chosen, as the measuring told it.
    """
    measured = [each["effect"] for each in answer["actions"] if each["effect"] is not None]
    once = [{**each, "lift": {**each["lift"], "at_any_time": None}} for each in measured]
    effects = iter(lift_rows({"experiments": once}))
    return [
        {
            "journey": each["journey"],
            "action": each["action"] or "none",
            **{key: each[key] for key in ("times", "people", "held_out", "last_why", "no_effect")},
            "effect": next(effects) if each["effect"] is not None else None,
        }
        for each in answer["actions"]
    ]
