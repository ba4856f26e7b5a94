"""A project is told apart from every other, also from the next one at the same address."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the project its uuid."""
    op.add_column("project", sa.Column("uuid", sa.String(32), nullable=False, server_default=""))
    op.execute(sa.text("UPDATE project SET uuid = :uuid").bindparams(uuid=uuid4().hex))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("project", "uuid")
