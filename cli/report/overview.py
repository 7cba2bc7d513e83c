"""The first figures of a report: what was decided and why, what went by which channel, and what is held now."""

from collections import Counter
from dataclasses import dataclass

from api.console.analytics_rows import Row
from cli.report.span import ReportSpan
from fermata.database import Pool
from fermata.ledger.lately import decided_lately, held_now
from fermata.vocabulary import Action

_TONES = {Action.SEND: "go", Action.DEFER: "hold", Action.DROP: "stop"}


@dataclass(frozen=True, slots=True)
class Overview:
    """What was decided in the time, and what waits at the time of writing.

    Args:
        decided: By end and reason, the most frequent first.
        totals: By end.
        held: By reason, the most frequent first.
    """

    decided: list[Row]
    totals: dict[str, int]
    held: list[Row]


async def look_over(pool: Pool, span: ReportSpan) -> Overview:
    """Counts.

    Args:
        pool: Where from.
        span: The time.
    """
    decided = await decided_lately(pool, span.since, span.until)
    waiting: Counter[str] = Counter()
    for each in await held_now(pool, span.now):
        waiting[each.reason.value] += each.messages
    return Overview(
        decided=[
            {
                "action": each.action.value,
                "reason": each.reason.value,
                "decisions": each.decisions,
                "tone": _TONES[each.action],
            }
            for each in decided
        ],
        totals={action.value: sum(each.decisions for each in decided if each.action is action) for action in Action},
        held=[{"reason": reason, "messages": messages} for reason, messages in waiting.most_common()],
    )
