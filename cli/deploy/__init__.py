"""What ``fermata deploy`` shows."""
