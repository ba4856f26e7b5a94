"""A twin learns from its round's very labels by labels alone, is compared with it, and nobody gets it by itself."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from app.processes.job_engine import Engine
from app.rounds.compare_told import compare_told
from app.rounds.errors import LearningError
from app.rounds.freezing import freeze_round
from app.rounds.pruning import prune_rounds
from app.rounds.publishing import publish_round
from app.rounds.scoring import score_round
from app.rounds.starts import use
from app.rounds.stopping import cancel_round, delete_round
from app.rounds.training import train_round
from app.rounds.twins import launch_twin, why_no_twin
from app.rounds.usual_settings import usual_settings
from db.clock import utc_now
from db.errors import NotFound, RoundActive
from db.labelling import queue
from db.pool.persons import list_persons
from db.pool.project import get_project
from db.rounds import events, rounds
from sspcm.config import METHODS, RoundConfig, TrainConfig
from tests.app.rounds.round_home import COMMAND, Home, unlabelled


@pytest.fixture
def taught(home: Home) -> Home:
    """A home with a published round, that learned from one person by SSPCM and was measured on 25."""
    for number in range(25):
        home.add(f"v{number}.jpg", home.labelled(), split="validation")
    home.add("seed.jpg", home.labelled())
    home.add("a.jpg", unlabelled())
    home.add("b.jpg", unlabelled())
    config = RoundConfig(train=TrainConfig(steps=2))
    home.freeze(config)
    end(home, 1)
    return home


def end(home: Home, number: int) -> None:
    freeze_round(home.store, home.files, home.settings, number)
    train_round(home.store, home.settings, number, command=COMMAND)
    score_round(home.store, home.settings, number)
    publish_round(home.store, home.settings, number)


def without_method(manifest: dict[str, Any]) -> dict[str, Any]:
    return manifest | {"config": manifest["config"] | {"method": None}}


def test_a_twin_is_asked_to_do_the_very_same_by_labels_alone_whatever_changed_since(
    taught: Home, engine: Engine
) -> None:
    with taught.store.reading() as tx:
        waiting = [one.id for one in list_persons(tx, split="train") if one.state == "open"]
    taught.decide(waiting[0], "accept", label=taught.make_label(x=210.0))
    taught.decide(waiting[1], "not_a_person")
    taught.add("new.jpg", unlabelled())
    twin = launch_twin(taught.store, engine, 1, user=taught.lead)
    assert (twin.number, twin.twin_of, twin.state, engine.job_state(2)) == (2, 1, "queued", "active")
    freeze_round(taught.store, taught.files, taught.settings, 2)
    first, second = taught.manifest(1), taught.manifest(2)
    assert without_method(first) == without_method(second)
    assert first["config"]["method"]["student"] and second["config"]["method"]["student"] is False
    assert RoundConfig.from_toml(twin.config_toml).method == METHODS["supervised"]
    with taught.store.reading() as tx:
        frozen = [rounds.frozen(tx, rounds.get(tx, number).id) for number in (1, 2)]
        assert events.story(tx, twin.id)[0].what == "launched by lena as the twin of round 1"
    assert frozen[0] == frozen[1]


def test_a_twin_that_ended_is_kept_with_what_it_says_and_changes_nothing_for_annotators(
    taught: Home, engine: Engine
) -> None:
    with taught.store.reading() as tx:
        before = get_project(tx), queue.listing(tx, limit=9, now=utc_now())
    usual = usual_settings(taught.store, taught.settings.home)
    launch_twin(taught.store, engine, 1, user=taught.lead)
    end(taught, 2)
    twin = taught.round(2)
    assert twin.state == "kept" and twin.kept_because is not None
    assert twin.kept_because.startswith("Not published, as it is the twin of round 1, trained to be compared with it.")
    with taught.store.reading() as tx:
        assert (get_project(tx), queue.listing(tx, limit=9, now=utc_now())) == before
        told = compare_told(tx, taught.settings.home, 1, 2)
    assert told.verdict in twin.kept_because, "the same words, measured on the same people"
    assert "0 higher" in told.verdict and told.wins is None, "the stand-in's students say the same"
    assert told.twin.startswith("Round 2 is the twin of round 1: the same labels and settings, supervised.")
    assert told.twin.endswith("what the method (sspcm) was worth, once it is sure.")
    assert told.labels == ["Both rounds learned from the very same labels."]
    assert (told.first.ask_twin, told.second.ask_twin) == (None, None)
    assert usual_settings(taught.store, taught.settings.home) == usual, "nobody chose a twin's for the next launch"
    use(taught.store, taught.lead, "student", number=2)
    assert taught.round(2).state == "published", "a lead may, all the same"


def test_one_twin_is_asked_for_at_a_time_and_of_no_round_that_it_would_repeat(taught: Home, engine: Engine) -> None:
    with taught.store.reading() as tx:
        assert why_no_twin(tx, taught.settings.home, rounds.get(tx, 1)) is None
    launch_twin(taught.store, engine, 1, user=taught.lead)
    with pytest.raises(LearningError, match="Round 2 is the twin of round 1 already, and is queued"):
        launch_twin(taught.store, engine, 1, user=taught.lead)
    with pytest.raises(LearningError, match="Round 2 is queued"):
        launch_twin(taught.store, engine, 2, user=taught.lead)
    cancel_round(taught.store, taught.settings, 2, user=taught.lead)
    assert launch_twin(taught.store, engine, 1, user=taught.lead).number == 3, "the cancelled one is no twin to compare"
    end(taught, 3)
    with pytest.raises(LearningError, match="Round 3 learned from labels alone"):
        launch_twin(taught.store, engine, 3, user=taught.lead)
    with pytest.raises(NotFound):
        launch_twin(taught.store, engine, 9, user=taught.lead)


def test_a_twin_waits_for_the_round_under_way_and_needs_what_its_round_learned_from(
    taught: Home, engine: Engine
) -> None:
    taught.create(RoundConfig())
    with pytest.raises(RoundActive):
        launch_twin(taught.store, engine, 1, user=taught.lead)
    cancel_round(taught.store, taught.settings, 2, user=taught.lead)
    (taught.folder(1) / "manifest.json").write_text("{")
    with pytest.raises(LearningError, match="what round 1 learned from cannot be read"):
        launch_twin(taught.store, engine, 1, user=taught.lead)
    shutil.rmtree(taught.folder(1))
    with pytest.raises(LearningError, match="The manifest of round 1 is gone"):
        launch_twin(taught.store, engine, 1, user=taught.lead)


def test_a_twin_finds_the_images_of_a_home_that_was_moved_and_names_one_that_is_gone(
    taught: Home, engine: Engine
) -> None:
    path = taught.folder(1) / "manifest.json"
    images = str(taught.files.folder.resolve())
    path.write_text(path.read_text().replace(images, "/moved/images"))
    launch_twin(taught.store, engine, 1, user=taught.lead)
    freeze_round(taught.store, taught.files, taught.settings, 2)
    assert all(Path(one["image"]).is_file() for one in taught.manifest(2)["persons"])
    cancel_round(taught.store, taught.settings, 2, user=taught.lead)
    shutil.rmtree(taught.files.folder)
    with pytest.raises(LearningError, match="the home has no image file"):
        launch_twin(taught.store, engine, 1, user=taught.lead)


def test_a_round_stays_whole_beside_its_twin_and_is_not_deleted_while_it_learns(taught: Home, engine: Engine) -> None:
    config = RoundConfig(train=TrainConfig(steps=2), seed=1)
    for number in (2, 3):
        taught.create(config)
        end(taught, number)
        use(taught.store, taught.lead, "student", number=number)
    launch_twin(taught.store, engine, 1, user=taught.lead)
    end(taught, 4)
    assert prune_rounds(taught.store, taught.settings) == []
    with taught.store.reading() as tx:
        assert compare_told(tx, taught.settings.home, 1, 4).persons == 25
    taught.create(config)
    end(taught, 5)
    use(taught.store, taught.lead, "student", number=5)
    assert prune_rounds(taught.store, taught.settings) == [1, 2, 4]


def test_a_kept_round_is_not_deleted_while_its_twin_learns(taught: Home, engine: Engine) -> None:
    with taught.store.transaction() as tx:
        record = rounds.create(tx, config_toml=taught.round(1).config_toml, user=taught.lead)
    freeze_round(taught.store, taught.files, taught.settings, record.number)
    with taught.store.transaction() as tx:
        directory = taught.folder(2).relative_to(taught.settings.home).as_posix()
        rounds.keep(tx, record.id, because="worse", metrics={}, directory=directory, now=utc_now())
    launch_twin(taught.store, engine, 2, user=taught.lead)
    with pytest.raises(LearningError, match="round 3 learns as the twin of round 2; wanted it over"):
        delete_round(taught.store, taught.settings, 2)
