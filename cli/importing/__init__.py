"""``fermata import``: events of the past and products, from files of any length."""
