"""The tables. Rows stay in `db`: `db/convert.py` turns them into the frozen records that everybody else sees.

On SQLite the job engine keeps its tables in the same file under bare names (queues, streams, notifications,
operation_outputs, and all that begins with workflow_); ours avoid them.
"""

from datetime import UTC, datetime
from typing import Any, get_args

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from db.records import (
    Began,
    DeletedKind,
    FrozenRole,
    LensSource,
    PersonState,
    PrelabellingState,
    ProbeKind,
    ProbeOutcome,
    ReviewResult,
    RoundStage,
    Scope,
    Split,
    StoredRole,
    StoredRoundState,
)
from sspcm.label_checks.finding import Kind

PROJECT_ID = 1
"""A home holds one project, in one row."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its time zone, in UTC; SQLite stores it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: nobody knows which moment they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone; the store wants one. Use datetime.now(UTC).")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table, with a name for every constraint so that migrations can find it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()}


def _one_of(column: str, choices: Any) -> CheckConstraint:
    """`column` holds one of a Literal's values."""
    values = ", ".join(f"'{value}'" for value in get_args(choices))
    return CheckConstraint(f"{column} IN ({values})", name=column)


class UserRow(Base):
    """An account. is_reviewer: an annotator who reviews as well.

    A role of its own would be a new value of that column's CHECK: to write it, the table is made anew, which most
    others point at.
    """

    __tablename__ = "users"
    __table_args__ = (_one_of("role", StoredRole),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    # longer than the name: some letters fold to several
    folded_name: Mapped[str] = mapped_column(String(256), unique=True)
    """The name with capitals folded: Ann and ann are one account."""
    role: Mapped[StoredRole] = mapped_column(String(16))
    is_reviewer: Mapped[bool] = mapped_column(server_default=false())
    password_hash: Mapped[str] = mapped_column(String(256))
    """"" until the account's first link was opened: nobody signs in to it by a password."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    """When one of their browsers last asked, kept beyond its session; NULL: never, or not since homes note it."""


class LoginSessionRow(Base):
    """A signed-in browser. The token itself is never stored."""

    __tablename__ = "login_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    """NULL: it has not been noted since it signed in."""
    browser: Mapped[str] = mapped_column(String(120), server_default="")
    user: Mapped[UserRow] = relationship(lazy="joined", innerjoin=True)


class LinkRow(Base):
    """A one-time link that lets whoever opens it choose an account's password; user_id NULL: makes the first lead."""

    __tablename__ = "account_links"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class TokenRow(Base):
    """A program's key to the API. The token itself is never stored."""

    __tablename__ = "api_tokens"
    __table_args__ = (_one_of("scope", Scope),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    scope: Mapped[Scope] = mapped_column(String(16))
    begins: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    user: Mapped[UserRow] = relationship(lazy="joined", innerjoin=True)


class LogRow(Base):
    """Who did what: written once, never changed. actor: the name as it was then."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_user_id_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor: Mapped[str] = mapped_column(String(64))
    via: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(64))
    about: Mapped[str] = mapped_column(String(256))
    details: Mapped[dict[str, Any]]


class CameraRow(Base):
    """A group of images, with the lens circle where it is known, in pixels of a frame of lens_width x lens_height."""

    __tablename__ = "cameras"
    __table_args__ = (_one_of("lens_source", LensSource),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(512), unique=True)
    lens_x: Mapped[float | None]
    lens_y: Mapped[float | None]
    lens_radius: Mapped[float | None]
    lens_width: Mapped[int | None]
    lens_height: Mapped[int | None]
    lens_arc_degrees: Mapped[float | None]
    lens_source: Mapped[LensSource] = mapped_column(String(16), server_default="assumed")
    is_fisheye: Mapped[bool] = mapped_column(server_default=true())


class WorkRow(Base):
    """A piece of work: a camera's images, or with NULL every camera's, whose file names have `part` in them."""

    __tablename__ = "work"

    id: Mapped[int] = mapped_column(primary_key=True)
    camera_id: Mapped[int | None] = mapped_column(ForeignKey("cameras.id"))
    part: Mapped[str] = mapped_column(String(256))
    given_at: Mapped[datetime]


class WorkPersonRow(Base):
    """Whom a piece of work was given to."""

    __tablename__ = "work_people"

    work_id: Mapped[int] = mapped_column(ForeignKey("work.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False, index=True)


class ImageRow(Base):
    """One frame. is_open: annotators still have work here. work_id: the piece of work it belongs to; 0: none, nobody's.

    It is no key: 0 names no row, and an index range wants a value rather than NULL.
    """

    __tablename__ = "images"
    __table_args__ = (
        _one_of("split", Split),
        UniqueConstraint("sha256", "file_name"),
        Index("ix_images_queue", "is_open", "split", "id"),
        Index("ix_images_work", "is_open", "work_id", "split", "id"),
        Index("ix_images_earlier", "camera_id", "split", "frame", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(1024))
    width: Mapped[int]
    height: Mapped[int]
    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"), index=True)
    frame: Mapped[int] = mapped_column(BigInteger)
    split: Mapped[Split] = mapped_column(String(16))
    is_open: Mapped[bool]
    work_id: Mapped[int] = mapped_column(server_default="0")
    source_id: Mapped[int | None] = mapped_column(BigInteger)
    extra: Mapped[dict[str, Any]]
    camera: Mapped[CameraRow] = relationship(lazy="joined", innerjoin=True)


class PersonRow(Base):
    """One person in one image. label_revision: which of their labels counts; NULL while none does."""

    __tablename__ = "persons"
    __table_args__ = (_one_of("state", PersonState), Index("ix_persons_state", "state", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), index=True)
    box_x: Mapped[float]
    box_y: Mapped[float]
    box_width: Mapped[float]
    box_height: Mapped[float]
    box_angle: Mapped[float]
    state: Mapped[PersonState] = mapped_column(String(16))
    revision: Mapped[int]
    label_revision: Mapped[int | None]
    area: Mapped[float | None]
    source_id: Mapped[int | None] = mapped_column(BigInteger)
    skip_reason: Mapped[str | None] = mapped_column(String(1024))
    extra: Mapped[dict[str, Any]]


class PoolCountRow(Base):
    """A part of how many there are: a count is the sum of its rows. The store itself keeps them (docs/adr/0054).

    By triggers on images, persons and labels (migration 0025): a migration that makes such a table anew makes them anew
    too. what: "image_open", "image_closed", a person's state, "withdrawn", or "imported" for an accepted person whose
    label came with an import. work_id: an image's; 0 for persons.
    """

    __tablename__ = "pool_counts"
    __table_args__ = (Index("ix_pool_counts_what", "what", "work_id", "split"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(16))
    work_id: Mapped[int]
    split: Mapped[Split] = mapped_column(String(16))
    number: Mapped[int]


class RoundRow(Base):
    """A round. project_id carries the rule of one active round; it is no key, since the project points here.

    kept_because: why a round that ended well was not published; its stored state is then "cancelled", since a new value
    of that column's CHECK would write the table anew that half of the store points at. cancel_asked_at: when a running
    round was told to stop; its stored state stays "running" until it has. run: how often it was begun. pruned_at: when
    its predictions and ranking were taken away. holder, holder_token: the worker that may write to it. attempt,
    attempt_of: which folder that worker's files are in, and who may write there. twin_of: the number of the round whose
    labels it learns from.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint(f"project_id = {PROJECT_ID}", name="one_project"),
        _one_of("state", StoredRoundState),
        _one_of("stage", RoundStage),
        Index(
            "uq_rounds_one_active",
            "project_id",
            unique=True,
            sqlite_where=text("state IN ('queued', 'running')"),
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int]
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[StoredRoundState] = mapped_column(String(16))
    stage: Mapped[RoundStage] = mapped_column(String(16))
    config_toml: Mapped[str]
    launched_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    progress: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]
    error: Mapped[str | None]
    directory: Mapped[str | None] = mapped_column(String(1024))
    kept_because: Mapped[str | None] = mapped_column(Text())
    cancel_asked_at: Mapped[datetime | None]
    run: Mapped[int] = mapped_column(server_default="1")
    pruned_at: Mapped[datetime | None]
    holder: Mapped[str | None] = mapped_column(String(64))
    holder_token: Mapped[str | None] = mapped_column(String(32))
    attempt: Mapped[int] = mapped_column(server_default="1")
    attempt_of: Mapped[str | None] = mapped_column(String(255))
    twin_of: Mapped[int | None]
    launched_by: Mapped[UserRow] = relationship(lazy="joined", innerjoin=True)


class RankingRow(Base):
    """An order of the pool; round_id NULL: a cold one, made without a round."""

    __tablename__ = "rankings"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"), unique=True)
    length: Mapped[int]


class ProjectRow(Base):
    """The one project, and the two pointers that a publish flips. rounds_made: the highest number a round ever had.

    secret: what nobody can guess who is drawn without. probes: how many people get one. agreement: how many are
    labelled twice, and the sigmas before those that were fitted from them.
    """

    __tablename__ = "project"
    __table_args__ = (CheckConstraint(f"id = {PROJECT_ID}", name="one_project"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(512))
    skeleton: Mapped[dict[str, Any]]
    coco_header: Mapped[dict[str, Any]]
    current_ranking_id: Mapped[int | None] = mapped_column(ForeignKey("rankings.id"))
    published_round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    uuid: Mapped[str] = mapped_column(String(32), server_default="")
    starts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    rounds_made: Mapped[int] = mapped_column(server_default="0")
    secret: Mapped[str] = mapped_column(String(64), server_default="")
    probes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    agreement: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    images_made: Mapped[int] = mapped_column(server_default="0")
    """With the next, the highest numbers that were ever given to what was deleted: none is given again."""
    persons_made: Mapped[int] = mapped_column(server_default="0")
    review: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class RankingEntryRow(Base):
    """One image's place in a ranking. is_open and work_id follow the image's, so that a claim reads one index range."""

    __tablename__ = "ranking_entries"
    __table_args__ = (
        Index("ix_ranking_entries_queue", "ranking_id", "is_open", "position", "image_id"),
        Index("ix_ranking_entries_work", "ranking_id", "is_open", "work_id", "position", "image_id"),
    )

    ranking_id: Mapped[int] = mapped_column(ForeignKey("rankings.id"), primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), primary_key=True, index=True)
    position: Mapped[int]
    score: Mapped[float]
    reasons: Mapped[list[Any]]
    blind: Mapped[bool]
    is_open: Mapped[bool]
    work_id: Mapped[int] = mapped_column(server_default="0")


class LeaseRow(Base):
    """Who holds an image; one row an image, so nobody else can."""

    __tablename__ = "leases"

    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime]


class PredictionRow(Base):
    """Where a network put one person's keypoints; round_id NULL: an imported model.

    crop: what of the image an imported model saw, and by which file; another crop deserves another prediction.
    """

    __tablename__ = "predictions"
    __table_args__ = (UniqueConstraint("person_id", "round_id", "network"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    network: Mapped[str] = mapped_column(String(256))
    xyc: Mapped[list[Any]]
    crop: Mapped[str | None] = mapped_column(String(64))


class TaughtRow(Base):
    """What labels taught, from that moment on, of which keypoints of a network start visible, hidden or absent.

    round_number: None for an imported model. fits: as plain data; NULL where nothing was surely better.
    """

    __tablename__ = "taught"

    id: Mapped[int] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(String(256))
    round_number: Mapped[int | None]
    labels: Mapped[int]
    fits: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    at: Mapped[datetime]


class PersonScoreRow(Base):
    """How inconsistent the teachers of one round, or the copies an imported model saw, are about one person.

    network: the imported model; NULL for a round. A person has one score a round, and one of an imported model.
    """

    __tablename__ = "person_scores"
    __table_args__ = (
        CheckConstraint("(round_id IS NULL) = (network IS NOT NULL)", name="whose"),
        UniqueConstraint("round_id", "person_id"),
        Index(
            "uq_person_scores_imported",
            "person_id",
            unique=True,
            sqlite_where=text("round_id IS NULL"),
            postgresql_where=text("round_id IS NULL"),
        ),
        Index("ix_person_scores_sheet", "round_id", "score", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    network: Mapped[str | None] = mapped_column(String(256))
    score: Mapped[float]
    keypoints: Mapped[list[Any]]
    flags: Mapped[list[Any]]


class PersonFlagRow(Base):
    """One flag of a score, to be found by its keypoint. The store itself keeps these as the scores' flags are.

    By triggers on person_scores (migration 0005): a migration that makes that table anew makes them anew too.
    """

    __tablename__ = "person_flags"
    __table_args__ = (Index("ix_person_flags_sheet", "round_id", "keypoint", "score", "person_id"),)

    score_id: Mapped[int] = mapped_column(ForeignKey("person_scores.id", ondelete="CASCADE"), primary_key=True)
    keypoint: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round_id: Mapped[int | None]
    person_id: Mapped[int]
    score: Mapped[float]


class LabelRow(Base):
    """One revision of one person's label. Written once, never changed.

    seconds: worked on it, without pauses; NULL where nobody measured. began: what its pose began with, and
    began_revision the earlier label where that was one; both NULL where nobody noted it.
    """

    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("person_id", "revision"), Index("ix_labels_author", "author", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    revision: Mapped[int]
    author: Mapped[str] = mapped_column(String(64))
    xyv: Mapped[list[Any]]
    touched: Mapped[list[Any]]
    started_from: Mapped[int | None] = mapped_column(ForeignKey("predictions.id"), index=True)
    created_at: Mapped[datetime]
    seconds: Mapped[float | None]
    began: Mapped[Began | None] = mapped_column(String(16))
    began_revision: Mapped[int | None]


class ProbeRow(Base):
    """One person as somebody got them: with one keypoint put wrong, or without the start that there is.

    keypoint, dx, dy: which keypoint, and how far, in image px, all that networks said of it were moved. places: where
    these had put it, [x, y] each. outcome, decided_at, label_revision: what the first accept made of it; NULL before.
    """

    __tablename__ = "probes"
    __table_args__ = (_one_of("kind", ProbeKind), _one_of("outcome", ProbeOutcome))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[ProbeKind] = mapped_column(String(16))
    how: Mapped[str] = mapped_column(String(32))
    keypoint: Mapped[int | None]
    dx: Mapped[float | None]
    dy: Mapped[float | None]
    places: Mapped[list[Any]]
    served_at: Mapped[datetime]
    outcome: Mapped[ProbeOutcome | None] = mapped_column(String(16))
    decided_at: Mapped[datetime | None]
    label_revision: Mapped[int | None]
    user: Mapped[UserRow] = relationship(lazy="joined", innerjoin=True)


class ReadingRow(Base):
    """An image whose people somebody else labels once more. second_id: NULL until they decided something."""

    __tablename__ = "second_readings"
    __table_args__ = (Index("ix_second_readings_waiting", "is_waiting", "image_id"),)

    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), primary_key=True, autoincrement=False)
    first_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    is_waiting: Mapped[bool]
    drawn_at: Mapped[datetime]


class SecondLabelRow(Base):
    """What the second annotator made of a person; it never counts. first_label_id: NULL where the first gave none."""

    __tablename__ = "second_labels"
    __table_args__ = (_one_of("state", PersonState), Index("ix_second_labels_image_id", "image_id", "state"))

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, autoincrement=False)
    image_id: Mapped[int] = mapped_column(ForeignKey("second_readings.image_id"))
    first_label_id: Mapped[int | None] = mapped_column(ForeignKey("labels.id"), index=True)
    state: Mapped[PersonState] = mapped_column(String(16))
    revision: Mapped[int]
    xyv: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    touched: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str | None] = mapped_column(String(1024))
    decided_at: Mapped[datetime | None]


class FindingRow(Base):
    """What a check suspects about one revision of a person's label; another revision that counts makes it void.

    keypoints: which it is about, none for all of the label. other_id: the other person of a swap, or of somebody
    labelled twice. beside: which networks spoke, "" where the project's labels alone did. right_at, right_by_id: when
    and by whom it was called right: then it is not shown, and no later check says it of this revision again.
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("person_id", "revision", "kind", "about"),
        Index("ix_findings_sheet", "right_at", "score", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    revision: Mapped[int]
    kind: Mapped[Kind] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(64))
    keypoints: Mapped[list[Any]]
    score: Mapped[float]
    words: Mapped[str] = mapped_column(Text())
    other_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"), index=True)
    beside: Mapped[str] = mapped_column(String(256))
    found_at: Mapped[datetime]
    right_at: Mapped[datetime | None]
    right_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class LabelCheckRow(Base):
    """A check of all accepted labels: when, by whom ("" for the worker), of how many people, how many beside networks.

    newest_label, newest_imported: the highest ids there were of a label and of an imported model's prediction, and
    published_round the number: whether another check could say anything new.
    """

    __tablename__ = "label_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    people: Mapped[int]
    predicted: Mapped[int]
    found: Mapped[int]
    newest_label: Mapped[int]
    newest_imported: Mapped[int]
    published_round: Mapped[int | None]


class DecisionRow(Base):
    """An annotator's decision, found again by its key. content: a hash of what was decided. seconds: worked for it."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_recent", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(16))
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    content: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]]
    decided_at: Mapped[datetime]
    seconds: Mapped[float | None]
    user: Mapped[UserRow] = relationship(lazy="joined", innerjoin=True)


class ReviewRow(Base):
    """What a reviewer said of one label revision, which no other says anything of.

    annotator_id: whose label it was; NULL: it was imported. corrected: the label revision that the reviewer placed in
    its place. is_waiting: the person is open, and their annotator gets the image first. is_sampled: chance chose the
    person, so that the shares of its results are those of all.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        _one_of("result", ReviewResult),
        UniqueConstraint("person_id", "revision"),
        Index("ix_reviews_waiting", "is_waiting", "annotator_id", "id"),
        Index("ix_reviews_annotator", "annotator_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), index=True)
    revision: Mapped[int]
    annotator_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    result: Mapped[ReviewResult] = mapped_column(String(16))
    comment: Mapped[str] = mapped_column(String(1000))
    corrected: Mapped[int | None]
    is_sampled: Mapped[bool]
    is_waiting: Mapped[bool]
    at: Mapped[datetime]


class PrelabellingRow(Base):
    """A model run over the pool by the worker. project_id carries the rule of one active one, as in rounds."""

    __tablename__ = "prelabellings"
    __table_args__ = (
        CheckConstraint(f"project_id = {PROJECT_ID}", name="one_project"),
        _one_of("state", PrelabellingState),
        Index(
            "uq_prelabellings_one_active",
            "project_id",
            unique=True,
            sqlite_where=text("state IN ('queued', 'running')"),
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int]
    model: Mapped[str] = mapped_column(String(256))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[PrelabellingState] = mapped_column(String(16))
    launched_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    done: Mapped[int]
    total: Mapped[int]
    report: Mapped[dict[str, Any]]
    error: Mapped[str | None] = mapped_column(Text())
    launched_by: Mapped[UserRow] = relationship(lazy="joined", innerjoin=True)


class RoundPointRow(Base):
    """One point of a round's curves."""

    __tablename__ = "round_points"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    values: Mapped[dict[str, Any]]


class RoundEventRow(Base):
    """Something that happened to a round, in words."""

    __tablename__ = "round_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(Text())


class FrozenPersonRow(Base):
    """One label revision of a round's frozen set."""

    __tablename__ = "frozen_persons"
    __table_args__ = (_one_of("role", FrozenRole),)

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), index=True)
    label_id: Mapped[int] = mapped_column(ForeignKey("labels.id"), index=True)
    revision: Mapped[int]
    author: Mapped[str] = mapped_column(String(64))
    role: Mapped[FrozenRole] = mapped_column(String(16))


class TombstoneRow(Base):
    """What was deleted for good, by a digest alone, so that it does not come in again unseen."""

    __tablename__ = "tombstones"
    __table_args__ = (_one_of("kind", DeletedKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DeletedKind] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(1000))
    allowed_at: Mapped[datetime | None]
    allowed_by: Mapped[str | None] = mapped_column(String(64))


class ExportRow(Base):
    """An export that was made: of everything that was here then, up to the last ids."""

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    via: Mapped[str] = mapped_column(String(80))
    filter: Mapped[dict[str, Any]]
    images: Mapped[int]
    persons: Mapped[int]
    labelled: Mapped[int]
    last_image_id: Mapped[int]
    last_person_id: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


class IdentityRow(Base):
    """By whom of a provider an account is signed in to; issuer NULL: by the e-mail address, the first time."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    issuer: Mapped[str | None] = mapped_column(String(512))
    subject: Mapped[str | None] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    created_at: Mapped[datetime]
    linked_at: Mapped[datetime | None]


class WorkerRow(Base):
    """A process that runs the home's jobs under an executor's name. ended_at: when it was told to end, else NULL.

    lease_s: how long it may go unheard before others take its jobs; lost_at: when they did. token: of this process.
    """

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    process: Mapped[int]
    version: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    machine: Mapped[str] = mapped_column(String(128), server_default="")
    device: Mapped[str] = mapped_column(String(64), server_default="")
    token: Mapped[str] = mapped_column(String(32), server_default="")
    lease_s: Mapped[float] = mapped_column(server_default="60")
    doing: Mapped[str | None] = mapped_column(Text())
    doing_since: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Whether a table in the store is ours: Alembic leaves the job engine's alone."""
    return kind != "table" or name in Base.metadata.tables
