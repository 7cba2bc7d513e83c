"""``fermata bench``: what Fermata costs beside a baseline of the same run, as ratios with their spread."""
