"""``fermata traits``, as it is shown to people."""
