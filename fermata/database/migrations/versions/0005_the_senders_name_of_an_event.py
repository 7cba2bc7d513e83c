"""An event that came under another name than its standard one keeps the name that its sender gave it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("original_name", sa.Text(), nullable=True))
