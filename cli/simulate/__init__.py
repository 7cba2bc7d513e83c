"""Journeys on skipped time: the real workflows, policy and ledger, on servers of their own, with nobody to send to."""
