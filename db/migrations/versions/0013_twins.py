"""A round may be the twin of another: it learns from that round's labels by another method, to be compared."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No round is a twin."""
    op.add_column("rounds", sa.Column("twin_of", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take the mark away: twins are rounds that were kept."""
    op.drop_column("rounds", "twin_of")
