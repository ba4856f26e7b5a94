"""A round may have been pruned: its predictions and ranking are gone, the rest of it stays."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No round is pruned."""
    op.add_column("rounds", sa.Column("pruned_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the mark away; what was pruned does not come back."""
    op.drop_column("rounds", "pruned_at")
