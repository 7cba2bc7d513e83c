"""Two profiles that turn out to be one person become one, and every merge is on record."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
