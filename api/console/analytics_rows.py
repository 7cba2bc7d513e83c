"""Answers of the measuring as rows of a table, each with the scale that its chart shares with the others."""

from typing import Any

Row = dict[str, Any]


def lift_rows(answer: Row) -> list[Row]:
    """A row for each way to read a lift: in points, at any time, relative.

    Args:
        answer: As the process gave it.
    """
    rows = [row for experiment in answer["experiments"] for row in _readings(experiment)]
    return _scaled(rows, nothing=0.0)


def _readings(experiment: Row) -> list[Row]:
    lift, nothing = experiment["lift"], dict.fromkeys(("value", "low", "high", "p_value"))
    relative, revenue = lift["relative"] or nothing, lift["revenue"] or nothing
    about = {
        "experiment": experiment["name"] or "all journeys, beside the global holdout",
        "reached": lift["reached"]["people"],
        "reached_did": lift["reached"]["converted"],
        "held_out": lift["held_out"]["people"],
        "held_out_did": lift["held_out"]["converted"],
        "clear": lift["is_clear"],
        "unbalanced": lift["is_unbalanced"],
        "needed": lift["people_needed"],
        "imbalance": lift["imbalance"],
        "relative": relative["value"],
        "relative_low": relative["low"],
        "relative_high": relative["high"],
        "currency": experiment["currency"] or "",
        "revenue": revenue["value"],
        "revenue_low": revenue["low"],
        "revenue_high": revenue["high"],
        "revenue_p_value": revenue["p_value"],
    }
    readings = [("looked at once", lift["absolute"]), ("however often looked at", lift["at_any_time"])]
    return [
        {**about, "reading": name, **_of_shares(each), "p_value": each["p_value"]}
        for name, each in readings
        if each is not None
    ]


def _of_shares(interval: Row) -> Row:
    """An interval of a difference of shares: none is less than -1 or more than 1, whatever a few people suggest."""
    return {key: min(max(interval[key], -1.0), 1.0) for key in ("low", "value", "high")}


def attribution_rows(answer: Row) -> list[Row]:
    """A row for each channel, a column for each model.

    Args:
        answer: As the process gave it.
    """
    models: dict[str, dict[str, Row]] = answer["models"]
    channels = dict.fromkeys(channel for owed in models.values() for channel in owed)
    rows = [
        {
            "channel": channel,
            **{name: owed.get(channel, {"conversions": 0.0})["conversions"] for name, owed in models.items()},
            "removal_effect": models.get("markov", {}).get(channel, {}).get("removal_effect") or 0.0,
        }
        for channel in channels
    ]
    most = max((row["removal_effect"] for row in rows), default=0.0)
    return sorted(({**row, "most": most} for row in rows), key=lambda row: -row["removal_effect"])


def path_rows(answer: Row) -> list[Row]:
    """A row for each path.

    Args:
        answer: As the process gave it.
    """
    rows = [
        {
            "path": " → ".join(each["steps"]),
            "people": each["people"],
            "reached": each["reached"],
            "rate": each["rate"],
            "others": each["others"],
            "low": each["low"],
            "value": each["lift"],
            "high": each["high"],
            "adjusted": each["adjusted"],
            "seconds": each["seconds"],
        }
        for each in answer["paths"]
    ]
    return _scaled(rows, nothing=1.0)


def _scaled(rows: list[Row], *, nothing: float) -> list[Row]:
    """Adds the ends of one scale to all rows; that of no effect lies on it."""
    known = [row[key] for row in rows for key in ("low", "high") if row[key] is not None]
    least, most = min([nothing, *known]), max([nothing, *known])
    return [{**row, "least": least, "most": most} for row in rows]
