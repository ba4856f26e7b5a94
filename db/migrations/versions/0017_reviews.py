"""Accounts can review; what a reviewer says of a label is kept, and how much is reviewed."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody reviews, and nothing was reviewed yet."""
    op.add_column("users", sa.Column("is_reviewer", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("project", sa.Column("review", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("comment", sa.String(1000), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=True),
        sa.Column("is_sampled", sa.Boolean(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("result IN ('good', 'back')", name="ck_reviews_result"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_reviews_person_id_persons"),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name="fk_reviews_image_id_images"),
        sa.ForeignKeyConstraint(["annotator_id"], ["users.id"], name="fk_reviews_annotator_id_users"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name="fk_reviews_reviewer_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.UniqueConstraint("person_id", "revision", name="uq_reviews_person_id_revision"),
    )
    op.create_index("ix_reviews_image_id", "reviews", ["image_id"])
    op.create_index("ix_reviews_reviewer_id", "reviews", ["reviewer_id"])
    op.create_index("ix_reviews_annotator", "reviews", ["annotator_id", "id"])
    op.create_index("ix_reviews_waiting", "reviews", ["is_waiting", "annotator_id", "id"])


def downgrade() -> None:
    """Take it away: reviewers are annotators, and who came back is open."""
    op.drop_table("reviews")
    op.drop_column("project", "review")
    op.drop_column("users", "is_reviewer")
