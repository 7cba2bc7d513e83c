"""Journeys that only tests run: each shows one thing that the kit must do."""
