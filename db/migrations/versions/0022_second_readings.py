"""Part of the people who are labelled blind are labelled once more, by somebody who does not know it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody was yet."""
    op.add_column("project", sa.Column("agreement", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "second_readings",
        sa.Column("image_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column("drawn_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name="fk_second_readings_image_id_images"),
        sa.ForeignKeyConstraint(["first_id"], ["users.id"], name="fk_second_readings_first_id_users"),
        sa.ForeignKeyConstraint(["second_id"], ["users.id"], name="fk_second_readings_second_id_users"),
        sa.PrimaryKeyConstraint("image_id", name="pk_second_readings"),
    )
    op.create_index("ix_second_readings_waiting", "second_readings", ["is_waiting", "image_id"])
    op.create_table(
        "second_labels",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("first_label_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("xyv", sa.JSON(), nullable=True),
        sa.Column("touched", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(1024), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('open', 'accepted', 'skipped', 'not_a_person')", name="ck_second_labels_state"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_second_labels_person_id_persons"),
        sa.ForeignKeyConstraint(
            ["image_id"], ["second_readings.image_id"], name="fk_second_labels_image_id_second_readings"
        ),
        sa.ForeignKeyConstraint(["first_label_id"], ["labels.id"], name="fk_second_labels_first_label_id_labels"),
        sa.PrimaryKeyConstraint("person_id", name="pk_second_labels"),
    )
    op.create_index("ix_second_labels_image_id", "second_labels", ["image_id", "state"])


def downgrade() -> None:
    """Take it away; the labels that count stay as they are."""
    op.drop_table("second_labels")
    op.drop_table("second_readings")
    op.drop_column("project", "agreement")
