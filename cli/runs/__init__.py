"""What ``fermata runs`` is made of."""
