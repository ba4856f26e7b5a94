"""A label knows how long was worked on it, and what its pose began with; a decision, how long it took."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody measured it before."""
    op.add_column("labels", sa.Column("seconds", sa.Double(), nullable=True))
    op.add_column("labels", sa.Column("began", sa.String(16), nullable=True))
    op.add_column("labels", sa.Column("began_revision", sa.Integer(), nullable=True))
    op.add_column("decisions", sa.Column("seconds", sa.Double(), nullable=True))


def downgrade() -> None:
    """Take it away; labels and decisions stay."""
    op.drop_column("decisions", "seconds")
    for column in ("began_revision", "began", "seconds"):
        op.drop_column("labels", column)
