"""``fermata analytics``: what journeys bring, and what leads to it, on a page."""
