"""``fermata demo``: made-up shoppers go through the real door, and a report tells what became of it."""
