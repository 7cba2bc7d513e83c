"""What ``fermata broadcast`` and ``fermata schedule`` show."""
