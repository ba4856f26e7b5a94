"""Some people come with one keypoint put wrong, or without their start, to see whether annotators look."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0015"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody got one yet; the project gets a secret to draw them by."""
    op.add_column("project", sa.Column("secret", sa.String(64), nullable=False, server_default=""))
    op.add_column("project", sa.Column("probes", sa.JSON(), nullable=False, server_default="{}"))
    op.execute(sa.text("UPDATE project SET secret = :secret").bindparams(secret=secrets.token_hex(32)))
    op.create_table(
        "probes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("how", sa.String(32), nullable=False),
        sa.Column("keypoint", sa.Integer(), nullable=True),
        sa.Column("dx", sa.Double(), nullable=True),
        sa.Column("dy", sa.Double(), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("served_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("label_revision", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('wrong', 'empty')", name="ck_probes_kind"),
        sa.CheckConstraint("outcome IN ('caught', 'missed', 'labelled')", name="ck_probes_outcome"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_probes_person_id_persons"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_probes_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_probes"),
    )
    op.create_index("ix_probes_person_id", "probes", ["person_id"])
    op.create_index("ix_probes_user_id", "probes", ["user_id"])


def downgrade() -> None:
    """Take it away; labels stay as they are."""
    op.drop_table("probes")
    op.drop_column("project", "probes")
    op.drop_column("project", "secret")
