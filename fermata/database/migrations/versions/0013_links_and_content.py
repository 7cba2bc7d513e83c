"""Products by category, for messages that show some."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("products_of_a_category", "products", ["category", "updated_at", "product_id"])
