"""The contact sheet reads persons by score, by state, and by the score of one keypoint's flag, out of an index each."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = "score_id, keypoint, round_id, person_id, score"
SQLITE_FLAGS = (
    "SELECT {row}.id, json_extract(flag.value, '$[0]'), {row}.round_id, {row}.person_id, "
    "max(json_extract(flag.value, '$[1]')) FROM {tables} GROUP BY 1, 2, 3, 4"  # a keypoint flagged twice has one row
)
POSTGRES_FLAGS = (
    "SELECT {row}.id, CAST(flag->>0 AS integer), {row}.round_id, {row}.person_id, "
    "max(CAST(flag->>1 AS double precision)) FROM {tables} GROUP BY 1, 2, 3, 4"
)


def upgrade() -> None:
    """Add the flags' table, filled from the scores there are, and what keeps it as they are."""
    op.create_index("ix_persons_state", "persons", ["state", "id"])
    op.create_index("ix_person_scores_sheet", "person_scores", ["round_id", "score", "person_id"])
    op.create_table(
        "person_flags",
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("keypoint", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["score_id"], ["person_scores.id"], name=op.f("fk_person_flags_score_id_person_scores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("score_id", "keypoint", name=op.f("pk_person_flags")),
    )
    op.create_index("ix_person_flags_sheet", "person_flags", ["round_id", "keypoint", "score", "person_id"])
    if op.get_bind().dialect.name == "postgresql":
        _keep_on_postgresql()
    else:
        _keep_on_sqlite()


def _keep_on_sqlite() -> None:
    flags = SQLITE_FLAGS.format(row="scored", tables="person_scores AS scored, json_each(scored.flags) AS flag")
    op.execute(f"INSERT INTO person_flags ({COLUMNS}) {flags}")
    flags = SQLITE_FLAGS.format(row="NEW", tables="json_each(NEW.flags) AS flag")
    for event in ("INSERT", "UPDATE"):  # SQLite's trigger has one event
        op.execute(
            f"CREATE TRIGGER person_flags_after_{event.lower()} AFTER {event} ON person_scores BEGIN "  # noqa: S608
            f"DELETE FROM person_flags WHERE score_id = NEW.id; INSERT INTO person_flags ({COLUMNS}) {flags}; END"
        )


def _keep_on_postgresql() -> None:
    tables = "person_scores AS scored, json_array_elements(scored.flags) AS flag"
    op.execute(f"INSERT INTO person_flags ({COLUMNS}) {POSTGRES_FLAGS.format(row='scored', tables=tables)}")
    flags = POSTGRES_FLAGS.format(row="NEW", tables="json_array_elements(NEW.flags) AS flag")
    op.execute(
        "CREATE FUNCTION keep_person_flags() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608
        f"DELETE FROM person_flags WHERE score_id = NEW.id; INSERT INTO person_flags ({COLUMNS}) {flags}; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER person_flags_kept AFTER INSERT OR UPDATE ON person_scores "
        "FOR EACH ROW EXECUTE FUNCTION keep_person_flags()"
    )


def downgrade() -> None:
    """Take it all away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER person_flags_kept ON person_scores")
        op.execute("DROP FUNCTION keep_person_flags()")
    else:
        for event in ("insert", "update"):
            op.execute(f"DROP TRIGGER person_flags_after_{event}")
    op.drop_table("person_flags")
    op.drop_index("ix_person_scores_sheet", "person_scores")
    op.drop_index("ix_persons_state", "persons")
