"""A recorded decision in words, for a console of either kind: its end, its facts, and what every rule answered."""
