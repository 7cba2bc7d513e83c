"""The base that journeys extend, and the journeys that ship: one file each."""
