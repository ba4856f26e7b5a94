"""Accounts can be disabled and invited by a link, browsers are signed out when idle, and a log tells who did what."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Everybody's account is open."""
    op.add_column("users", sa.Column("disabled_at", _MOMENT, nullable=True))
    op.add_column("login_sessions", sa.Column("seen_at", _MOMENT, nullable=True))
    op.add_column("login_sessions", sa.Column("browser", sa.String(120), nullable=False, server_default=""))
    op.create_table(
        "account_links",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_account_links_user_id_users"),
        sa.PrimaryKeyConstraint("key_hash", name="pk_account_links"),
        sa.UniqueConstraint("user_id", name="uq_account_links_user_id"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("begins", sa.String(16), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.CheckConstraint("scope IN ('read', 'label', 'lead')", name="ck_api_tokens_scope"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_api_tokens_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    )
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("via", sa.String(80), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("about", sa.String(256), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_audit_log_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_user_id_id", "audit_log", ["user_id", "id"])


def downgrade() -> None:
    """Take it away; an account that waits for its link has no password, so nobody signs in to it."""
    for table in ("audit_log", "api_tokens", "account_links"):
        op.drop_table(table)
    op.drop_column("login_sessions", "browser")
    op.drop_column("login_sessions", "seen_at")
    op.drop_column("users", "disabled_at")
