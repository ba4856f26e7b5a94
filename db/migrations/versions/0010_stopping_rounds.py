"""A round can be stopped, gone on with and deleted; what happens to it is written down."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No round is being cancelled; each runs for the first time; nothing is told of earlier ones."""
    op.add_column("rounds", sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rounds", sa.Column("run", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("project", sa.Column("rounds_made", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "round_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_events_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_events")),
    )
    op.create_index(op.f("ix_round_events_round_id"), "round_events", ["round_id"])


def downgrade() -> None:
    """Take it away. Rounds that were told to stop go on."""
    op.drop_table("round_events")
    op.drop_column("project", "rounds_made")
    op.drop_column("rounds", "run")
    op.drop_column("rounds", "cancel_asked_at")
