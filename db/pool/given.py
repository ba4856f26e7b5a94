"""Which piece of work an image belongs to: the newest one that covers it."""

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression, func, literal, or_, select
from sqlalchemy.orm import Session

from db.schema import ImageRow, WorkRow

NOBODYS = 0
"""The mark of an image that was given to nobody."""


def mark_of_new(tx: Session, camera_id: int, file_name: str) -> ScalarSelect[int]:
    """The mark of an image that is about to be stored."""
    return _newest(tx, WorkRow.camera_id == camera_id, literal(file_name))


def mark_of_image(tx: Session) -> ScalarSelect[int]:
    """The mark of an image of the query around it."""
    return _newest(tx, WorkRow.camera_id == ImageRow.camera_id, ImageRow.file_name)


def _newest(tx: Session, is_camera: ColumnElement[bool], file_name: SQLColumnExpression[str]) -> ScalarSelect[int]:
    find = func.strpos if tx.get_bind().dialect.name == "postgresql" else func.instr
    has_part = find(func.lower(file_name), func.lower(WorkRow.part)) > 0  # "" is in every name
    covering = select(func.coalesce(func.max(WorkRow.id), NOBODYS)).where(
        or_(WorkRow.camera_id.is_(None), is_camera), has_part
    )
    return covering.scalar_subquery()
