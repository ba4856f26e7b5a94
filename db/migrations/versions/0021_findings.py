"""Checks of labels keep what they suspect, and what was called right."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0017"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing was checked yet."""
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("keypoints", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("beside", sa.String(256), nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("right_at", _MOMENT, nullable=True),
        sa.Column("right_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name="fk_findings_person_id_persons", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name="fk_findings_other_id_persons", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["right_by_id"], ["users.id"], name="fk_findings_right_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.UniqueConstraint("person_id", "revision", "kind", "about", name="uq_findings_person_id_revision_kind_about"),
    )
    op.create_index("ix_findings_other_id", "findings", ["other_id"])
    op.create_index("ix_findings_sheet", "findings", ["right_at", "score", "person_id"])
    op.create_table(
        "label_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("predicted", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("newest_label", sa.Integer(), nullable=False),
        sa.Column("newest_imported", sa.Integer(), nullable=False),
        sa.Column("published_round", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_label_checks"),
    )


def downgrade() -> None:
    """Forget what was suspected."""
    op.drop_table("label_checks")
    op.drop_table("findings")
