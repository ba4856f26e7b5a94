import subprocess
import sys
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from db.clock import utc_now
from db.errors import StoreError
from db.people import users
from db.pool import project
from db.rounds import predictions
from db.schema import Base, is_ours
from db.store.migrating import alembic_config
from db.store.session import migrate, open_store
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")


def test_a_fresh_home_gets_every_table(empty_url):
    migrate(empty_url)
    engine = create_engine(empty_url)
    assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_migrating_twice_changes_nothing_and_keeps_what_is_there(empty_url):
    migrate(empty_url)
    store = open_store(empty_url)
    with store.transaction() as tx:
        project.ensure_project(tx, name="kept", skeleton=COCO)
    migrate(empty_url)
    with store.reading() as tx:
        assert project.get_project(tx).name == "kept"
    store.close()


def test_two_processes_may_migrate_at_once(empty_url):
    code = f"from db.store.session import migrate; migrate({empty_url!r})"
    both = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 0, complaint
    engine = create_engine(empty_url)
    assert "images" in inspect(engine).get_table_names()
    engine.dispose()


def test_the_migrations_make_what_the_models_say(store_url):
    engine = create_engine(store_url)
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE workflow_status (id INTEGER PRIMARY KEY)"))  # the job engine's, not ours
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_transaction_that_raises_leaves_nothing(store):
    with pytest.raises(RuntimeError, match="pulled"), store.transaction() as tx:
        project.ensure_project(tx, name="half", skeleton=COCO)
        raise RuntimeError("the plug was pulled")
    with store.transaction() as tx:
        assert project.ensure_project(tx, name="whole", skeleton=COCO).name == "whole"


def test_a_reading_cannot_write(store):
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), store.reading() as tx:
        project.ensure_project(tx, name="no", skeleton=COCO)


def test_a_reading_sees_one_moment_while_another_writes(store):
    with store.transaction() as tx:
        project.ensure_project(tx, name="before", skeleton=COCO)
    with store.reading() as reading:
        assert project.get_project(reading).coco_header == {}
        with store.transaction() as tx:
            project.set_coco_header(tx, {"info": {"year": 2030}})
        assert project.get_project(reading).coco_header == {}
    with store.reading() as reading:
        assert project.get_project(reading).coco_header == {"info": {"year": 2030}}


def test_opening_a_store_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(StoreError, match="wanted one made before"):
        open_store(f"sqlite:///{tmp_path / 'none.db'}")


A_ROUND_WITH_A_SCORE = """
INSERT INTO project (id, name, skeleton, coco_header) VALUES (1, 'p', '{}', '{}');
INSERT INTO cameras (id, name) VALUES (1, 'hall');
INSERT INTO images (id, sha256, file_name, width, height, camera_id, frame, split, is_open, extra)
VALUES (1, 'a', 'a', 9, 9, 1, 0, 'train', true, '{}');
INSERT INTO persons (id, image_id, box_x, box_y, box_width, box_height, box_angle, state, revision, extra)
VALUES (1, 1, 0, 0, 1, 1, 0, 'open', 0, '{}');
INSERT INTO users (id, name, folded_name, role, password_hash, created_at)
VALUES (1, 'lea', 'lea', 'lead', '', '2030-05-01');
INSERT INTO rounds (id, project_id, number, state, stage, config_toml, launched_by_id, created_at, progress, metrics)
VALUES (1, 1, 1, 'published', 'done', '', 1, '2030-05-01', '{}', '{}');
INSERT INTO person_scores (round_id, person_id, score, keypoints, flags)
VALUES (1, 1, 0.25, '[0.25, null]', '[[0, 0.25, "far"]]')
"""


def test_scores_of_rounds_outlast_the_migration_that_lets_models_have_some(empty_url, tmp_path):
    migrate(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0002")
        for statement in A_ROUND_WITH_A_SCORE.split(";"):
            connection.execute(text(statement))
    engine.dispose()
    migrate(empty_url, copies=tmp_path)
    store = open_store(empty_url)
    with store.reading() as tx:
        (score,) = predictions.person_scores(tx, 1, [1]).values()
    store.close()
    assert score.score == 0.25
    assert score.flags[0].reason == "far"


TWO_ACCOUNTS = """
INSERT INTO users (id, name, folded_name, role, password_hash, created_at)
VALUES (1, 'lea', 'lea', 'lead', '', '2030-05-01'), (2, 'ann', 'ann', 'annotator', '', '2030-05-01');
INSERT INTO login_sessions (token_hash, user_id, csrf, created_at, expires_at, seen_at)
VALUES ('a', 1, 'c', '2030-05-02', '2030-05-03', NULL), ('b', 1, 'c', '2030-05-02', '2030-05-03', '2030-05-02 11:00')
"""


def test_what_open_sessions_know_of_when_somebody_was_here_is_kept_with_the_account(empty_url, tmp_path):
    migrate(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0021")
        for statement in TWO_ACCOUNTS.split(";"):
            connection.execute(text(statement))
    engine.dispose()
    migrate(empty_url, copies=tmp_path)
    store = open_store(empty_url)
    with store.reading() as tx:
        ann, lea = users.list_accounts(tx, now=utc_now())
    store.close()
    assert (ann.seen_at, lea.seen_at) == (None, datetime(2030, 5, 2, 11, tzinfo=UTC))
