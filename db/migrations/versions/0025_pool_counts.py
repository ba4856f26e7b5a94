"""The store counts its images and persons as they change, and finds an author's labels without reading everybody's.

A count is the sum of its rows. Triggers add a row for each change. On SQLite, which has one writer, another trigger
adds it to the first of its kind at once. On PostgreSQL writers who changed one row would wait for each other until they
commit, and two who came in another order for ever: rows are added alone, and now and then, once in a transaction at
most and by one at a time, those there are become one of each kind again.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

IMAGE = "CASE WHEN {row}.is_open THEN 'image_open' ELSE 'image_closed' END"
PERSON = (
    "CASE WHEN {row}.state = 'not_a_person' AND {row}.skip_reason = 'withdrawn' THEN 'withdrawn' ELSE {row}.state END"
)
IMPORTED = (
    "{row}.state = 'accepted' AND EXISTS (SELECT 1 FROM labels AS l WHERE l.person_id = {row}.id "
    "AND l.revision = {row}.label_revision AND l.author = 'import')"
)
"""Whether the label that counts came with an import: these persons are counted twice, as accepted and as imported."""
COLUMNS = {
    "images": ("id", "is_open", "split", "work_id"),
    "persons": ("id", "image_id", "state", "skip_reason", "label_revision"),
    "labels": ("person_id", "revision", "author"),
}
"""What of each table is counted by."""
FOLD_LOCK = 7_263_915_409
"""Any number of our own: whoever makes one row of several holds this advisory lock."""
FOLD_SHARE = 0.01
"""Of the statements that count something on PostgreSQL."""


def upgrade() -> None:
    """Count what is there, and keep it counted."""
    op.create_index("ix_labels_author", "labels", ["author", "person_id"])
    op.create_table(
        "pool_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("split", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pool_counts"),
    )
    op.create_index("ix_pool_counts_what", "pool_counts", ["what", "work_id", "split"])
    op.execute(_add([_images("images", 1), *_persons("persons", 1)]))
    if op.get_bind().dialect.name == "postgresql":
        _keep_on_postgresql()
    else:
        _keep_on_sqlite()


def _keep_on_sqlite() -> None:
    first = "SELECT min(id) FROM pool_counts WHERE what = NEW.what AND work_id = NEW.work_id AND split = NEW.split"
    op.execute(
        "CREATE TRIGGER pool_counts_folded AFTER INSERT ON pool_counts BEGIN "  # noqa: S608
        f"UPDATE pool_counts SET number = number + NEW.number WHERE id = ({first}) AND id <> NEW.id; "
        f"DELETE FROM pool_counts WHERE id = NEW.id AND id <> ({first}); END"
    )
    for table in COLUMNS:
        new, old = _row("NEW", table), _row("OLD", table)
        for event, parts in _events(table, new, old).items():
            what = f"UPDATE OF {', '.join(COLUMNS[table][1:])}" if event == "update" else event.upper()
            op.execute(f"CREATE TRIGGER {table}_counted_{event} AFTER {what} ON {table} BEGIN {_add(parts)}; END")


def _keep_on_postgresql() -> None:
    kinds = "what, work_id, split"
    op.execute(
        "CREATE FUNCTION fold_pool_counts() RETURNS void LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608
        "IF coalesce(current_setting('labelling.folded', true), '') = 'yes' THEN RETURN; END IF; "
        f"IF NOT pg_try_advisory_xact_lock({FOLD_LOCK}) THEN RETURN; END IF; "
        "PERFORM set_config('labelling.folded', 'yes', true); "
        f"WITH several AS (DELETE FROM pool_counts RETURNING {kinds}, number) "
        f"INSERT INTO pool_counts ({kinds}, number) SELECT {kinds}, sum(number) FROM several GROUP BY {kinds} "
        "HAVING sum(number) <> 0; END $$"
    )
    for table in COLUMNS:
        each_row = table == "labels"  # nearly all labels are somebody's own, and counted by their persons
        new, old = (_row("NEW", table), _row("OLD", table)) if each_row else ("added", "gone")
        for event, parts in _events(table, new, old).items():
            op.execute(
                f"CREATE FUNCTION {table}_counted_{event}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF current_setting('labelling.counting', true) = 'off' THEN RETURN NULL; END IF; "
                f"{_add(parts)}; IF random() < {FOLD_SHARE} THEN PERFORM fold_pool_counts(); END IF; "
                "RETURN NULL; END $$"
            )
            named = {"insert": ["NEW TABLE AS added"], "delete": ["OLD TABLE AS gone"]}
            tables = " ".join(named.get(event, ["OLD TABLE AS gone", "NEW TABLE AS added"]))
            row = "NEW" if event == "insert" else "OLD"
            how = (
                f"FOR EACH ROW WHEN ({row}.author = 'import')"
                if each_row
                else f"REFERENCING {tables} FOR EACH STATEMENT"
            )
            op.execute(
                f"CREATE TRIGGER {table}_counted_{event} AFTER {event.upper()} ON {table} {how} "
                f"EXECUTE FUNCTION {table}_counted_{event}()"
            )


def _events(table: str, new: str, old: str) -> dict[str, list[str]]:
    """What a change of the table adds to the counts, by the event. new, old: where its rows are read from."""
    if table == "images":
        changed = [_images(new, 1), _images(old, -1), *_moved(new, old)]
        return {"insert": [_images(new, 1)], "update": changed, "delete": [_images(old, -1)]}
    if table == "persons":
        changed = [*_persons(new, 1), *_persons(old, -1)]
        return {"insert": _persons(new, 1), "update": changed, "delete": _persons(old, -1)}
    return {"insert": [_labels(new, 1)], "delete": [_labels(old, -1)]}  # a label never changes


def _images(rows: str, number: int) -> str:
    return f"SELECT {IMAGE.format(row='r')} AS what, r.work_id, r.split, {number} AS number FROM {rows} AS r"  # noqa: S608


def _persons(rows: str, number: int) -> list[str]:
    found = f"FROM {rows} AS r JOIN images AS i ON i.id = r.image_id"
    return [
        f"SELECT {PERSON.format(row='r')} AS what, 0 AS work_id, i.split, {number} AS number {found}",
        f"SELECT 'imported', 0, i.split, {number} {found} WHERE {IMPORTED.format(row='r')}",
    ]


def _moved(new: str, old: str) -> list[str]:
    """The persons of images that became another split's."""
    found = (
        f"FROM {new} AS n JOIN {old} AS o ON o.id = n.id AND o.split <> n.split JOIN persons AS p ON p.image_id = n.id"
    )
    return [
        part
        for split, number in (("n.split", 1), ("o.split", -1))
        for part in (
            f"SELECT {PERSON.format(row='p')}, 0, {split}, {number} {found}",
            f"SELECT 'imported', 0, {split}, {number} {found} WHERE {IMPORTED.format(row='p')}",
        )
    ]


def _labels(rows: str, number: int) -> str:
    """An imported label that its person already, or still, points at; else it is counted with the person."""
    return (
        f"SELECT 'imported' AS what, 0 AS work_id, i.split, {number} AS number FROM {rows} AS r "  # noqa: S608
        "JOIN persons AS p ON p.id = r.person_id AND p.label_revision = r.revision AND p.state = 'accepted' "
        "JOIN images AS i ON i.id = p.image_id WHERE r.author = 'import'"
    )


def _add(parts: Sequence[str]) -> str:
    """The statement that adds to the counts, each kind by one row."""
    kinds = "what, work_id, split"
    return (
        f"INSERT INTO pool_counts ({kinds}, number) SELECT {kinds}, sum(number) "  # noqa: S608
        f"FROM ({' UNION ALL '.join(parts)}) AS c GROUP BY {kinds} HAVING sum(number) <> 0"
    )


def _row(name: str, table: str) -> str:
    """The one row of a trigger for each row, as a table."""
    return f"(SELECT {', '.join(f'{name}.{column} AS {column}' for column in COLUMNS[table])})"


def downgrade() -> None:
    """Take it away."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in COLUMNS:
        for event in _events(table, "", ""):
            name = f"{table}_counted_{event}"
            op.execute(f"DROP TRIGGER {name} ON {table}" if is_postgresql else f"DROP TRIGGER {name}")
            if is_postgresql:
                op.execute(f"DROP FUNCTION {name}()")
    op.execute("DROP FUNCTION fold_pool_counts()" if is_postgresql else "DROP TRIGGER pool_counts_folded")
    op.drop_table("pool_counts")
    op.drop_index("ix_labels_author", "labels")
