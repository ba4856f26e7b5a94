"""Cameras say where their lens circle comes from, in frames of which size, and whether they are fisheyes at all."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. A circle that is there was given by a person, in pixels of the camera's first frames."""
    op.add_column("cameras", sa.Column("lens_width", sa.Integer(), nullable=True))
    op.add_column("cameras", sa.Column("lens_height", sa.Integer(), nullable=True))
    op.add_column("cameras", sa.Column("lens_arc_degrees", sa.Double(), nullable=True))
    op.add_column("cameras", sa.Column("is_fisheye", sa.Boolean(), nullable=False, server_default=sa.true()))
    # By hand: SQLite takes a rule only together with its column, which Alembic would add one after the other.
    op.execute(
        "ALTER TABLE cameras ADD COLUMN lens_source VARCHAR(16) NOT NULL DEFAULT 'assumed' "
        "CONSTRAINT ck_cameras_lens_source CHECK (lens_source IN ('assumed', 'found', 'set'))"
    )
    op.execute(
        "UPDATE cameras SET lens_source = 'set', "
        "lens_width = (SELECT width FROM images WHERE camera_id = cameras.id ORDER BY id LIMIT 1), "
        "lens_height = (SELECT height FROM images WHERE camera_id = cameras.id ORDER BY id LIMIT 1) "
        "WHERE lens_radius IS NOT NULL"
    )


def downgrade() -> None:
    """Drop them; the circles stay."""
    for column in ("lens_source", "is_fisheye", "lens_arc_degrees", "lens_height", "lens_width"):
        op.drop_column("cameras", column)
