"""Whose predictions annotators begin from is kept in the project; a round may be kept without being published."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is chosen yet; no round is kept back."""
    op.add_column("project", sa.Column("starts", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("rounds", sa.Column("kept_because", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take both away; a round that was kept back is a cancelled one again."""
    op.drop_column("rounds", "kept_because")
    op.drop_column("project", "starts")
