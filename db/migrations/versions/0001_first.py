"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "cameras",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("lens_x", sa.Double(), nullable=True),
        sa.Column("lens_y", sa.Double(), nullable=True),
        sa.Column("lens_radius", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cameras")),
        sa.UniqueConstraint("name", name=op.f("uq_cameras_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("folded_name", sa.String(length=256), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('annotator', 'lead')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_users_folded_name")),
    )
    op.create_table(
        "images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=1024), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("frame", sa.BigInteger(), nullable=False),
        sa.Column("split", sa.String(length=16), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.CheckConstraint("split IN ('train', 'validation')", name=op.f("ck_images_split")),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name=op.f("fk_images_camera_id_cameras")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sa.UniqueConstraint("sha256", "file_name", name=op.f("uq_images_sha256_file_name")),
    )
    op.create_index(op.f("ix_images_camera_id"), "images", ["camera_id"], unique=False)
    op.create_index("ix_images_queue", "images", ["is_open", "split", "id"], unique=False)
    op.create_table(
        "login_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_login_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_sessions")),
    )
    op.create_index(op.f("ix_login_sessions_user_id"), "login_sessions", ["user_id"], unique=False)
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("config_toml", sa.String(), nullable=False),
        sa.Column("launched_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("directory", sa.String(length=1024), nullable=True),
        sa.CheckConstraint("stage IN ('freeze', 'train', 'score', 'publish', 'done')", name=op.f("ck_rounds_stage")),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'published', 'failed', 'cancelled')", name=op.f("ck_rounds_state")
        ),
        sa.CheckConstraint("project_id = 1", name=op.f("ck_rounds_one_project")),
        sa.ForeignKeyConstraint(["launched_by_id"], ["users.id"], name=op.f("fk_rounds_launched_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("number", name=op.f("uq_rounds_number")),
    )
    op.create_index(
        "uq_rounds_one_active",
        "rounds",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "leases",
        sa.Column("image_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_leases_image_id_images")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_leases_user_id_users")),
        sa.PrimaryKeyConstraint("image_id", name=op.f("pk_leases")),
    )
    op.create_index(op.f("ix_leases_user_id"), "leases", ["user_id"], unique=False)
    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("box_x", sa.Double(), nullable=False),
        sa.Column("box_y", sa.Double(), nullable=False),
        sa.Column("box_width", sa.Double(), nullable=False),
        sa.Column("box_height", sa.Double(), nullable=False),
        sa.Column("box_angle", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("label_revision", sa.Integer(), nullable=True),
        sa.Column("area", sa.Double(), nullable=True),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("skip_reason", sa.String(length=1024), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'accepted', 'skipped', 'not_a_person')", name=op.f("ck_persons_state")),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_persons_image_id_images")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index(op.f("ix_persons_image_id"), "persons", ["image_id"], unique=False)
    op.create_table(
        "rankings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_rankings_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rankings")),
        sa.UniqueConstraint("round_id", name=op.f("uq_rankings_round_id")),
    )
    op.create_table(
        "round_points",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_points_round_id_rounds")),
        sa.PrimaryKeyConstraint("round_id", "step", name=op.f("pk_round_points")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_decisions_image_id_images")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_decisions_person_id_persons")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_decisions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("key", name=op.f("uq_decisions_key")),
    )
    op.create_index(op.f("ix_decisions_person_id"), "decisions", ["person_id"], unique=False)
    op.create_table(
        "person_scores",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("keypoints", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_scores_person_id_persons")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_person_scores_round_id_rounds")),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_person_scores")),
    )
    op.create_table(
        "predictions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("network", sa.String(length=256), nullable=False),
        sa.Column("xyc", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_predictions_person_id_persons")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_predictions_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predictions")),
        sa.UniqueConstraint("person_id", "round_id", "network", name=op.f("uq_predictions_person_id_round_id_network")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("skeleton", sa.JSON(), nullable=False),
        sa.Column("coco_header", sa.JSON(), nullable=False),
        sa.Column("current_ranking_id", sa.Integer(), nullable=True),
        sa.Column("published_round_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_project_one_project")),
        sa.ForeignKeyConstraint(
            ["current_ranking_id"], ["rankings.id"], name=op.f("fk_project_current_ranking_id_rankings")
        ),
        sa.ForeignKeyConstraint(
            ["published_round_id"], ["rounds.id"], name=op.f("fk_project_published_round_id_rounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    op.create_table(
        "ranking_entries",
        sa.Column("ranking_id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_ranking_entries_image_id_images")),
        sa.ForeignKeyConstraint(["ranking_id"], ["rankings.id"], name=op.f("fk_ranking_entries_ranking_id_rankings")),
        sa.PrimaryKeyConstraint("ranking_id", "image_id", name=op.f("pk_ranking_entries")),
    )
    op.create_index(op.f("ix_ranking_entries_image_id"), "ranking_entries", ["image_id"], unique=False)
    op.create_index(
        "ix_ranking_entries_queue", "ranking_entries", ["ranking_id", "is_open", "position", "image_id"], unique=False
    )
    op.create_table(
        "labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("xyv", sa.JSON(), nullable=False),
        sa.Column("touched", sa.JSON(), nullable=False),
        sa.Column("started_from", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_labels_person_id_persons")),
        sa.ForeignKeyConstraint(["started_from"], ["predictions.id"], name=op.f("fk_labels_started_from_predictions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
        sa.UniqueConstraint("person_id", "revision", name=op.f("uq_labels_person_id_revision")),
    )
    op.create_table(
        "frozen_persons",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.CheckConstraint("role IN ('labelled', 'validation')", name=op.f("ck_frozen_persons_role")),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_frozen_persons_image_id_images")),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name=op.f("fk_frozen_persons_label_id_labels")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_frozen_persons_person_id_persons")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_frozen_persons_round_id_rounds")),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_frozen_persons")),
    )


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("frozen_persons")
    op.drop_table("labels")
    op.drop_index("ix_ranking_entries_queue", table_name="ranking_entries")
    op.drop_index(op.f("ix_ranking_entries_image_id"), table_name="ranking_entries")
    op.drop_table("ranking_entries")
    op.drop_table("project")
    op.drop_table("predictions")
    op.drop_table("person_scores")
    op.drop_index(op.f("ix_decisions_person_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("round_points")
    op.drop_table("rankings")
    op.drop_index(op.f("ix_persons_image_id"), table_name="persons")
    op.drop_table("persons")
    op.drop_index(op.f("ix_leases_user_id"), table_name="leases")
    op.drop_table("leases")
    op.drop_index(
        "uq_rounds_one_active",
        table_name="rounds",
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.drop_table("rounds")
    op.drop_index(op.f("ix_login_sessions_user_id"), table_name="login_sessions")
    op.drop_table("login_sessions")
    op.drop_index("ix_images_queue", table_name="images")
    op.drop_index(op.f("ix_images_camera_id"), table_name="images")
    op.drop_table("images")
    op.drop_table("users")
    op.drop_table("cameras")
