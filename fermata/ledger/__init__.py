"""The ledger: every decision recorded, every slot reserved before a send, every deferral in its queue."""

from fermata.ledger.attempt import Attempt, Failure, RecordedDecision
from fermata.ledger.decide import decide_and_reserve
from fermata.ledger.merging import follow_merge
from fermata.ledger.policy_shelf import Policies
from fermata.ledger.reconsider import reconsider_waiting
from fermata.ledger.settle import FRESH, Order, Settled, begin_send, close_run, give_back, hold, settle_sent

__all__ = [
    "FRESH",
    "Attempt",
    "Failure",
    "Order",
    "Policies",
    "RecordedDecision",
    "Settled",
    "begin_send",
    "close_run",
    "decide_and_reserve",
    "follow_merge",
    "give_back",
    "hold",
    "reconsider_waiting",
    "settle_sent",
]
