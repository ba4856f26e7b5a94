"""Rows to records and back: the only file that knows both."""

import math
from typing import Any

import numpy as np

from db.records import (
    CameraRecord,
    FrozenPerson,
    ImageRecord,
    KeypointFlag,
    LogEntry,
    MeasuredLens,
    PersonRecord,
    PersonScore,
    PrelabellingRecord,
    RoundPoint,
    RoundRecord,
    RoundState,
    SessionRecord,
    StoredPrediction,
    TokenRecord,
    UserRecord,
)
from db.schema import (
    CameraRow,
    FrozenPersonRow,
    ImageRow,
    LabelRow,
    LoginSessionRow,
    LogRow,
    PersonRow,
    PersonScoreRow,
    PredictionRow,
    PrelabellingRow,
    RoundPointRow,
    RoundRow,
    TokenRow,
    UserRow,
)
from sspcm.fisheye import LensCircle
from sspcm.pose import Box, Label, Prediction


def user_record(row: UserRow) -> UserRecord:
    """An account without its password."""
    return UserRecord(id=row.id, name=row.name, role="reviewer" if row.is_reviewer else row.role)


def session_record(row: LoginSessionRow) -> SessionRecord:
    """A signed-in browser."""
    return SessionRecord(
        user=user_record(row.user), csrf=row.csrf, expires_at=row.expires_at, seen_at=row.seen_at or row.created_at
    )


def token_record(row: TokenRow) -> TokenRecord:
    """An API token without its secret."""
    return TokenRecord(
        id=row.id,
        owner=row.user.name,
        name=row.name,
        scope=row.scope,
        begins=row.begins,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def log_entry(row: LogRow) -> LogEntry:
    """A line of the audit log."""
    return LogEntry(row.id, row.at, row.actor, row.via, row.action, row.about, row.details)


def camera_record(row: CameraRow) -> CameraRecord:
    """A camera with what is known of its lens."""
    return CameraRecord(
        id=row.id, name=row.name, lens=_measured_lens(row), lens_source=row.lens_source, is_fisheye=row.is_fisheye
    )


def _measured_lens(row: CameraRow) -> MeasuredLens | None:
    x, y, radius, width, height = row.lens_x, row.lens_y, row.lens_radius, row.lens_width, row.lens_height
    if x is None or y is None or radius is None or width is None or height is None:
        return None
    return MeasuredLens(LensCircle(x, y, radius), width, height, row.lens_arc_degrees)


def lens_columns(lens: MeasuredLens | None) -> dict[str, float | int | None]:
    """A measured lens as the columns of a camera; None empties them."""
    names = ("lens_x", "lens_y", "lens_radius", "lens_width", "lens_height", "lens_arc_degrees")
    if lens is None:
        return dict.fromkeys(names)
    circle = lens.circle
    return dict(zip(names, (circle.x, circle.y, circle.radius, lens.width, lens.height, lens.arc_degrees), strict=True))


def image_record(row: ImageRow) -> ImageRecord:
    """An image with its camera."""
    return ImageRecord(
        id=row.id,
        sha256=row.sha256,
        file_name=row.file_name,
        width=row.width,
        height=row.height,
        camera=camera_record(row.camera),
        frame=row.frame,
        split=row.split,
        is_open=row.is_open,
        source_id=row.source_id,
        extra=fields(row.extra),
    )


def fields(stored: Any) -> dict[str, Any]:
    """Kept fields of a file; none where the store holds something else than an object."""
    return dict(stored) if isinstance(stored, dict) else {}


def box_columns(box: Box) -> dict[str, float]:
    """A box as the columns of a person."""
    return {
        "box_x": box.x,
        "box_y": box.y,
        "box_width": box.width,
        "box_height": box.height,
        "box_angle": box.angle,
    }


def person_record(row: PersonRow, label: LabelRow | None) -> PersonRecord:
    """A person with the label that counts, if one does."""
    return PersonRecord(
        id=row.id,
        image_id=row.image_id,
        box=Box(row.box_x, row.box_y, row.box_width, row.box_height, row.box_angle),
        state=row.state,
        revision=row.revision,
        label=label_of(label) if label else None,
        label_id=label.id if label else None,
        area=row.area,
        source_id=row.source_id,
        skip_reason=row.skip_reason,
        extra=fields(row.extra),
    )


def label_columns(label: Label) -> dict[str, Any]:
    """A label's content as plain data."""
    touched = np.ones(len(label.xyv), bool) if label.touched is None else label.touched
    return {"xyv": label.xyv.tolist(), "touched": touched.tolist(), "started_from": label.started_from}


def label_of(row: LabelRow) -> Label:
    """A label, exactly as it was given."""
    return Label(
        xyv=np.array(row.xyv, dtype=np.float64),
        author=row.author,
        revision=row.revision,
        touched=np.array(row.touched, dtype=bool),
        started_from=row.started_from,
    )


def stored_prediction(row: PredictionRow, round_number: int | None) -> StoredPrediction:
    """A prediction with its place in the store."""
    prediction = Prediction(xyc=np.array(row.xyc, dtype=np.float64), network=row.network)
    return StoredPrediction(
        id=row.id, person_id=row.person_id, round_number=round_number, prediction=prediction, crop=row.crop
    )


def score_columns(score: PersonScore) -> dict[str, Any]:
    """A person's score as plain data."""
    return {
        "person_id": score.person_id,
        "score": float(score.score),
        "keypoints": [finite(float(value)) for value in score.keypoints],
        "flags": [[flag.keypoint, float(flag.score), flag.reason] for flag in score.flags],
    }


def person_score(row: PersonScoreRow) -> PersonScore:
    """A person's score; NaN where the teachers say nothing of a keypoint."""
    return PersonScore(
        person_id=row.person_id,
        score=row.score,
        keypoints=tuple(math.nan if value is None else float(value) for value in row.keypoints),
        flags=tuple(KeypointFlag(keypoint, score, reason) for keypoint, score, reason in row.flags),
    )


def round_record(row: RoundRow) -> RoundRecord:
    """A round as the lead page shows it."""
    return RoundRecord(
        id=row.id,
        number=row.number,
        state=round_state(row),
        stage=row.stage,
        config_toml=row.config_toml,
        launched_by=row.launched_by.name,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        progress=dict(row.progress),
        metrics=dict(row.metrics),
        error=row.error,
        directory=row.directory,
        kept_because=row.kept_because,
        run=row.run,
        pruned_at=row.pruned_at,
        attempt=row.attempt,
        holder=row.holder,
        twin_of=row.twin_of,
    )


def round_state(row: RoundRow) -> RoundState:
    """A round's state as one says it: two of them are stored as another one with a mark."""
    if row.kept_because:
        return "kept"
    return "cancelling" if row.state == "running" and row.cancel_asked_at is not None else row.state


def prelabelling_record(row: PrelabellingRow) -> PrelabellingRecord:
    """A model's run over the pool."""
    return PrelabellingRecord(
        id=row.id,
        model=row.model,
        sha256=row.sha256,
        state=row.state,
        launched_by=row.launched_by.name,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        done=row.done,
        total=row.total,
        report=dict(row.report),
        error=row.error,
    )


def round_point(row: RoundPointRow) -> RoundPoint:
    """A point of a curve."""
    return RoundPoint(step=row.step, values=dict(row.values))


def frozen_person(row: FrozenPersonRow) -> FrozenPerson:
    """One label revision of a frozen set."""
    return FrozenPerson(
        person_id=row.person_id,
        image_id=row.image_id,
        label_id=row.label_id,
        revision=row.revision,
        author=row.author,
        role=row.role,
    )


def finite(data: Any) -> Any:
    """The same plain data with None where a number is NaN or infinite, which JSON cannot hold."""
    if isinstance(data, dict):
        return {str(key): finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(value) for value in data]
    if isinstance(data, float) and not math.isfinite(data):
        return None
    return data
