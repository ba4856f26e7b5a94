"""A score may belong to an imported model, a prediction knows the crop it was made on, and pre-labellings are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = "round_id, person_id, score, keypoints, flags"
IMPORTED = "round_id IS NULL"
ACTIVE = "state IN ('queued', 'running')"


def upgrade() -> None:
    """Make the scores' table anew around its rows: SQLite changes no primary key."""
    op.add_column("predictions", sa.Column("crop", sa.String(length=64), nullable=True))
    op.execute("CREATE TABLE kept_scores AS SELECT * FROM person_scores")
    op.drop_table("person_scores")
    op.create_table(
        "person_scores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(length=256), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("keypoints", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.CheckConstraint("(round_id IS NULL) = (network IS NOT NULL)", name=op.f("ck_person_scores_whose")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_scores_person_id_persons")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_person_scores_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_scores")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_person_scores_round_id_person_id")),
    )
    op.create_index(
        "uq_person_scores_imported",
        "person_scores",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text(IMPORTED),
        postgresql_where=sa.text(IMPORTED),
    )
    op.execute(f"INSERT INTO person_scores ({KEPT}) SELECT {KEPT} FROM kept_scores")  # noqa: S608
    op.drop_table("kept_scores")
    op.create_table(
        "prelabellings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=256), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("launched_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("project_id = 1", name=op.f("ck_prelabellings_one_project")),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_prelabellings_state")),
        sa.ForeignKeyConstraint(["launched_by_id"], ["users.id"], name=op.f("fk_prelabellings_launched_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prelabellings")),
    )
    op.create_index(
        "uq_prelabellings_one_active",
        "prelabellings",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text(ACTIVE),
        postgresql_where=sa.text(ACTIVE),
    )


def downgrade() -> None:
    """Back to scores of rounds alone; those of imported models go."""
    op.drop_table("prelabellings")
    op.execute(f"CREATE TABLE kept_scores AS SELECT {KEPT} FROM person_scores WHERE round_id IS NOT NULL")  # noqa: S608
    op.drop_table("person_scores")
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
    op.execute(f"INSERT INTO person_scores ({KEPT}) SELECT {KEPT} FROM kept_scores")  # noqa: S608
    op.drop_table("kept_scores")
    op.drop_column("predictions", "crop")
