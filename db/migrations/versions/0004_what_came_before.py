"""What came before is found by an index: a camera's earlier frames, an annotator's last decisions."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two indexes."""
    op.create_index("ix_images_earlier", "images", ["camera_id", "split", "frame", "id"])
    op.create_index("ix_decisions_recent", "decisions", ["user_id", "id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_decisions_recent", "decisions")
    op.drop_index("ix_images_earlier", "images")
