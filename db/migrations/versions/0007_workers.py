"""The worker says that it runs; and the queue's index is the same in the oldest homes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

QUEUE_INDEX = "ix_ranking_entries_queue"


def upgrade() -> None:
    """Make the workers' table. Homes of the very first form have the queue's index without the image's id."""
    op.create_table(
        "workers",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )
    op.execute(f"DROP INDEX IF EXISTS {QUEUE_INDEX}")
    op.create_index(QUEUE_INDEX, "ranking_entries", ["ranking_id", "is_open", "position", "image_id"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("workers")
