"""What labels taught of visible, hidden and absent keypoints, and when: which starts annotators got is known later."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is noted of earlier teaching: labels from then count as begun by confidence."""
    op.create_table(
        "taught",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(256), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=True),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("fits", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught")),
    )


def downgrade() -> None:
    """Take the table away; what is taught now stays in the project."""
    op.drop_table("taught")
