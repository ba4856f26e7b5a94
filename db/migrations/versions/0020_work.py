"""Images are given to people: each image has a mark that says which piece of work it belongs to, 0 for nobody's."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is given to anybody."""
    op.create_table(
        "work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(256), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_work_camera_id_cameras"),
        sa.PrimaryKeyConstraint("id", name="pk_work"),
    )
    op.create_table(
        "work_people",
        sa.Column("work_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name="fk_work_people_work_id_work"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_work_people_user_id_users"),
        sa.PrimaryKeyConstraint("work_id", "user_id", name="pk_work_people"),
    )
    op.create_index("ix_work_people_user_id", "work_people", ["user_id"])
    op.add_column("images", sa.Column("work_id", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_images_work", "images", ["is_open", "work_id", "split", "id"])
    op.add_column("ranking_entries", sa.Column("work_id", sa.Integer(), nullable=False, server_default="0"))
    columns = ["ranking_id", "is_open", "work_id", "position", "image_id"]
    op.create_index("ix_ranking_entries_work", "ranking_entries", columns)


def downgrade() -> None:
    """Everybody gets every image again."""
    op.drop_index("ix_ranking_entries_work", "ranking_entries")
    op.drop_column("ranking_entries", "work_id")
    op.drop_index("ix_images_work", "images")
    op.drop_column("images", "work_id")
    op.drop_table("work_people")
    op.drop_table("work")
