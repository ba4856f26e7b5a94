"""When an account was last used is kept with it, and outlives its sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What the sessions that are still there know is taken over."""
    op.add_column("users", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE users SET seen_at = (SELECT max(coalesce(seen_at, created_at)) FROM login_sessions"
        " WHERE login_sessions.user_id = users.id)"
    )


def downgrade() -> None:
    """Only the open sessions know."""
    op.drop_column("users", "seen_at")
