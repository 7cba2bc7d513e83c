"""Writes a new journey with its words and its test into the author's package."""
