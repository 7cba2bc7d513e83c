"""Broadcasts: who is meant, when, how fast, and how far it is."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
