"""Consent is a log that only grows; preferences have a place of their own."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
