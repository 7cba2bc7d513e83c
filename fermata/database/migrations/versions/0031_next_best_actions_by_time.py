"""What was chosen to come next is counted over a time."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX next_best_actions_by_time ON next_best_actions (chosen_at)")
