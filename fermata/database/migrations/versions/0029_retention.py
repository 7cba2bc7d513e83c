"""Nothing: how long rows are kept is a matter of settings (``fermata/retention``), and needs no column."""

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
