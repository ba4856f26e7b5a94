"""Numbers that are given once: what a browser still says of a deleted image or person is about nobody else."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.schema import ImageRow, PersonRow, ProjectRow


def next_number(tx: Session, row: type[ImageRow] | type[PersonRow]) -> dict[str, int]:
    """The id of the next row, where the database would give one again; else nothing.

    SQLite gives the number after the highest that is there. PostgreSQL counts on by itself.
    """
    if tx.get_bind().dialect.name != "sqlite":
        return {}
    made = tx.scalar(select(ProjectRow.images_made if row is ImageRow else ProjectRow.persons_made)) or 0
    if not made or made < (tx.scalar(select(func.max(row.id))) or 0):
        return {}
    return {"id": made + 1}
