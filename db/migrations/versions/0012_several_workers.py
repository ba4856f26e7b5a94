"""Several workers serve a home: each has its own name and lease, and a round knows whose it is."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

Column = tuple[str, sa.types.TypeEngine[Any], bool, str | None]

_OF_WORKERS: tuple[Column, ...] = (
    ("machine", sa.String(128), False, ""),
    ("device", sa.String(64), False, ""),
    ("token", sa.String(32), False, ""),
    ("lease_s", sa.Double(), False, "60"),
    ("doing", sa.Text(), True, None),
    ("doing_since", sa.DateTime(timezone=True), True, None),
    ("lost_at", sa.DateTime(timezone=True), True, None),
)
_OF_ROUNDS: tuple[Column, ...] = (
    ("holder", sa.String(64), True, None),
    ("holder_token", sa.String(32), True, None),
    ("attempt", sa.Integer(), False, "1"),
    ("attempt_of", sa.String(255), True, None),
)


def upgrade() -> None:
    """Nobody holds a round; each has one attempt, as until now."""
    for table, columns in (("workers", _OF_WORKERS), ("rounds", _OF_ROUNDS)):
        for name, kind, nullable, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=nullable, server_default=default))


def downgrade() -> None:
    """Take it away."""
    for table, columns in (("rounds", _OF_ROUNDS), ("workers", _OF_WORKERS)):
        for name, *_ in reversed(columns):
            op.drop_column(table, name)
