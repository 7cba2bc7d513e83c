"""Audiences of ad platforms: who is to be in them, and what the platforms were told of that."""
