"""The journeys that ``fermata bench cost`` has run by the real worker, and by no other."""
