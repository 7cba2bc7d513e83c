"""What operators did with runs, in a table that only grows; and runs are listed by journey and state, by an index.

To erase a person, a transaction says ``SET LOCAL fermata.erasing = 'on'`` first: only then can rows go or change.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_GUARD = """
CREATE FUNCTION operator_actions_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('fermata.erasing', true) = 'on' THEN
        IF TG_OP = 'UPDATE' THEN
            RETURN NEW;
        END IF;
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'operator_actions only grow: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'Act again, with another why; to erase a person, SET LOCAL fermata.erasing = ''on'' first.';
END
$$
"""
_ROWS = """
CREATE TRIGGER operator_actions_only_grow BEFORE UPDATE OR DELETE ON operator_actions
FOR EACH ROW EXECUTE FUNCTION operator_actions_only_grow()
"""
_WHOLE = """
CREATE TRIGGER operator_actions_are_never_emptied BEFORE TRUNCATE ON operator_actions
FOR EACH STATEMENT EXECUTE FUNCTION operator_actions_only_grow()
"""


def upgrade() -> None:
    op.create_table(
        "operator_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["journey_runs.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("operator_actions_of_run", "operator_actions", ["run_id", "at", "id"])
    for statement in (_GUARD, _ROWS, _WHOLE):
        op.execute(statement)
    op.create_index("journey_runs_by_state", "journey_runs", ["journey", "state", "started_at", "id"])
    op.drop_index("journey_runs_by_journey", "journey_runs")
