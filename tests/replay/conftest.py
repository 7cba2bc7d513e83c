"""Every recorded run and every fingerprint beside a test is a test of its own."""

from cli.replay.testing import pytest_generate_tests

__all__ = ["pytest_generate_tests"]
