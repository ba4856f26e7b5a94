"""A round's stages on real stores and a real, if simple-minded, trainer process."""

import dataclasses
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest
from sqlalchemy.exc import OperationalError

from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.pool.ordering import TEACHERS_AGREE, rank_pool
from app.processes.job_engine import Engine, prepare
from app.rounds.errors import LearningError
from app.rounds.folder import round_folder
from app.rounds.freezing import freeze_round
from app.rounds.launching import launch_from_page, launch_round
from app.rounds.publishing import publish_round
from app.rounds.scoring import score_round
from app.rounds.training import train_round
from app.rounds.weights import weights_folder
from db.clock import utc_now
from db.errors import RoundActive, RoundOver
from db.labelling import labels, queue
from db.people import users
from db.pool import cameras, images, project
from db.pool.persons import get_person, list_persons
from db.records import (
    Decision,
    KeypointFlag,
    MeasuredLens,
    NewImage,
    NewPerson,
    PersonRecord,
    PersonScore,
    RoundPoint,
    RoundRecord,
    Split,
    UserRecord,
)
from db.rounds import predictions, rounds
from db.store.session import Store, open_store
from sspcm.config import DEMO_WEIGHTS, ConfigError, ModelConfig, RankingConfig, RoundConfig, TrainConfig
from sspcm.fisheye import LensCircle
from sspcm.pose import Box, Label
from sspcm.ranking.ranking import DRAWN_AT_RANDOM
from sspcm.skeletons.skeleton import get_skeleton

COMMAND = (sys.executable, str(Path(__file__).parent / "stand_in_trainer.py"), "0")


@dataclass
class Home:
    """A home on SQLite whose project has skeleton coco-17."""

    settings: Settings
    store: Store
    files: ImageFiles
    lead: UserRecord
    make_label: Callable[..., Label]

    def add(self, name: str, *persons: NewPerson, split: Split = "train", content: bytes | None = None) -> list[int]:
        """Store an image with its persons; their ids. Its bytes are its name unless given."""
        sha256 = self.files.put(content or name.encode(), ".jpg")
        with self.store.transaction() as tx:
            image, _ = images.add_image(tx, NewImage(sha256, name, 640, 480, "hall", 0, split), persons)
            return [person.id for person in list_persons(tx, image_id=image.id)]

    def labelled(self) -> NewPerson:
        return NewPerson(Box(60, 60, 40, 80), self.make_label(x=60.0))

    def decide(self, person_id: int, kind: Any, *, label: Label | None = None, reason: str | None = None) -> None:
        with self.store.transaction() as tx:
            revision = get_person(tx, person_id).revision
            key = f"{kind}-{person_id}-{revision}"
            decision = Decision(key, kind, person_id, revision, self.lead, label, reason)
            labels.decide(tx, decision, now=utc_now())

    def create(self, config: RoundConfig) -> RoundRecord:
        """A round without a job: the test runs its stages."""
        with self.store.transaction() as tx:
            return rounds.create(tx, config_toml=config.to_toml(), user=self.lead)

    def freeze(self, config: RoundConfig | None = None) -> dict[str, Any]:
        """Create a round, with default settings if not given, and freeze it; its manifest."""
        number = self.create(config or RoundConfig()).number
        freeze_round(self.store, self.files, self.settings, number)
        return self.manifest(number)

    def manifest(self, number: int = 1) -> dict[str, Any]:
        return dict(json.loads((self.folder(number) / "manifest.json").read_text()))

    def folder(self, number: int = 1) -> Path:
        return round_folder(self.settings, number)

    def round(self, number: int = 1) -> RoundRecord:
        with self.store.reading() as tx:
            return rounds.get(tx, number)

    def run_to_scores(self, *, steps: int = 2, **ranking: Any) -> None:
        """Create a round and run its first three stages."""
        self.freeze(RoundConfig(train=TrainConfig(steps=steps), ranking=RankingConfig(**ranking)))
        train_round(self.store, self.settings, 1, command=COMMAND)
        score_round(self.store, self.settings, 1)


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path, make_label: Callable[..., Label]) -> Iterator[Home]:
    store = open_store(sqlite_url)
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        lead = users.add_user(tx, "lena", "lead", "correct horse")
    yield Home(Settings(tmp_path, sqlite_url), store, ImageFiles(tmp_path), lead, make_label)
    store.close()


@pytest.fixture
def engine(home: Home) -> Iterator[Engine]:
    prepare(home.settings)
    opened = Engine(home.settings)
    yield opened
    opened.close()


def unlabelled(x: float = 200.0, **extra: Any) -> NewPerson:
    return NewPerson(Box(x, 100, 50, 90), extra=extra)


# --- launching


def test_a_launched_round_is_queued_with_its_settings(home: Home, engine: Engine) -> None:
    home.add("a.jpg", home.labelled())
    config = RoundConfig(seed=5)

    record = launch_round(home.store, engine, config=config, user=home.lead)

    assert (record.number, record.state, record.launched_by) == (1, "queued", "lena")
    assert RoundConfig.from_toml(home.round().config_toml) == config
    assert engine.job_state(1) == "active"


def test_nothing_to_learn_from_is_said_before_anything_is_launched(home: Home, engine: Engine) -> None:
    home.add("a.jpg", unlabelled())
    home.add("v.jpg", home.labelled(), split="validation")

    with pytest.raises(LearningError, match="Label at least one person first"):
        launch_round(home.store, engine, config=RoundConfig(), user=home.lead)

    assert engine.job_state(1) == "missing"


def test_one_round_is_active_at_a_time(home: Home, engine: Engine) -> None:
    home.add("a.jpg", home.labelled())
    launch_round(home.store, engine, config=RoundConfig(), user=home.lead)

    with pytest.raises(RoundActive, match="round 1, launched by lena, is queued"):
        launch_round(home.store, engine, config=RoundConfig(), user=home.lead)

    assert engine.job_state(2) == "missing"


def test_a_job_that_cannot_be_enqueued_leaves_no_round(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    without_tables = Engine(home.settings)

    with pytest.raises(OperationalError, match="no such table"):
        launch_round(home.store, without_tables, config=RoundConfig(), user=home.lead)

    without_tables.close()
    with home.store.reading() as tx:
        assert rounds.latest(tx) == []


def test_starting_weights_that_are_gone_when_the_round_begins_are_named(home: Home, tmp_path: Path) -> None:
    home.add("a.jpg", home.labelled())
    with pytest.raises(LearningError, match=r"nowhere', which is no folder and no file any more"):
        home.freeze(RoundConfig(model=ModelConfig(weights=str(tmp_path / "nowhere"))))


def test_a_page_names_weights_of_the_home_and_nothing_else(home: Home, engine: Engine) -> None:
    home.add("a.jpg", home.labelled())
    (engine.home / "weights" / "mine").mkdir(parents=True)
    for weights in ("/etc", "../secret.json", "nowhere"):
        config = RoundConfig(model=ModelConfig(weights_b=weights))
        with pytest.raises(ConfigError, match=r"in the home's folder weights/ \(there are: mine\)"):
            launch_from_page(home.store, engine, config=config, user=home.lead)
    config = RoundConfig(model=ModelConfig(weights="mine"))
    number = launch_from_page(home.store, engine, config=config, user=home.lead).number
    freeze_round(home.store, home.files, dataclasses.replace(home.settings, home=engine.home), number)
    (manifest,) = (engine.home / "rounds").rglob("manifest.json")
    assert json.loads(manifest.read_text())["weights"] == str(engine.home / "weights" / "mine")


@pytest.mark.parametrize("weights", ["/tmp/a\0b", "\ud800"])
def test_weights_that_can_be_no_path_are_no_settings(weights: str) -> None:
    with pytest.raises(ConfigError, match=r"model\.weights must be printable"):
        ModelConfig(weights=weights)


def test_weights_are_random_published_the_demos_or_a_folder(tmp_path: Path) -> None:
    assert weights_folder(ModelConfig(weights="random")) is None
    assert weights_folder(ModelConfig(weights="demo")) == DEMO_WEIGHTS
    assert weights_folder(ModelConfig(weights=str(tmp_path))) == tmp_path
    (tmp_path / "resnet18.pth").touch()
    for published in ("imagenet", "timm:resnet18.gluon_in1k", str(tmp_path / "resnet18.pth")):
        assert weights_folder(ModelConfig(weights=published)) is None
    assert DEMO_WEIGHTS.parts[-3:] == ("static", "demo", "weights")


# --- freezing


def test_the_manifest_tells_what_each_person_is_to_the_round(home: Home) -> None:
    seed, pool = home.add("a.jpg", home.labelled(), unlabelled())
    nobody, blurred = home.add("b.jpg", unlabelled(), unlabelled())
    home.add("crowd.jpg", unlabelled(iscrowd=1))
    held_out, _ = home.add("v.jpg", home.labelled(), unlabelled(), split="validation")
    home.decide(nobody, "not_a_person")
    home.decide(blurred, "skip", reason="blurred")

    manifest = home.freeze()

    assert manifest["version"] == 1
    assert manifest["skeleton"] == get_skeleton("coco-17").to_json()
    assert RoundConfig.from_dict(manifest["config"]) == RoundConfig()
    assert {person["id"]: person["use"] for person in manifest["persons"]} == {
        seed: "labelled",
        pool: "unlabelled",
        blurred: "unlabelled",
        held_out: "validation",
    }
    assert all(person["predict"] for person in manifest["persons"])


def test_a_person_travels_with_box_label_area_image_and_lens(home: Home) -> None:
    label = home.make_label(x=60.0)
    home.add("a.jpg", NewPerson(Box(60, 61, 40, 80, 15.0), label, area=1234.0), unlabelled())

    first, second = home.freeze()["persons"]

    assert first["box"] == [60, 61, 40, 80, 15.0]
    assert first["xyv"] == label.xyv.tolist()
    assert (first["area"], second["area"]) == (1234.0, pytest.approx(0.53 * 50 * 90))
    assert second["xyv"] is None
    assert Path(first["image"]).read_bytes() == b"a.jpg"
    assert first["lens"] == [319.5, 239.5, 240.0]  # the circle inscribed in 640 x 480


def test_a_known_lens_is_used_and_upright_cameras_have_none(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    with home.store.transaction() as tx:
        camera = images.list_images(tx)[0].camera
        cameras.set_lens(tx, camera.id, MeasuredLens(LensCircle(300.0, 250.0, 200.0), 640, 480))

    assert home.freeze()["persons"][0]["lens"] == [300.0, 250.0, 200.0]
    with home.store.transaction() as tx:
        rounds.fail(tx, home.round().id, "over")
    home.create(RoundConfig(model=ModelConfig(orientation="image")))
    freeze_round(home.store, home.files, home.settings, 2)
    assert home.manifest(2)["persons"][0]["lens"] is None


def test_what_is_labelled_after_the_freeze_waits_for_the_next_round(home: Home) -> None:
    seed, later = home.add("a.jpg", home.labelled(), unlabelled())
    before = home.freeze()

    home.decide(later, "accept", label=home.make_label(x=210.0))
    home.decide(seed, "accept", label=home.make_label(x=70.0))
    (home.folder() / "manifest.json").unlink()
    freeze_round(home.store, home.files, home.settings, 1)

    assert home.manifest() == before
    assert home.round().state == "running"


def test_a_lost_image_file_is_named_and_no_manifest_is_left(home: Home) -> None:
    home.add("room-3.jpg", home.labelled())
    next((home.settings.home / "images").glob("*/*")).unlink()

    with pytest.raises(LearningError, match=r"the file of image 'room-3\.jpg' is gone"):
        home.freeze()

    assert not (home.folder() / "manifest.json").exists()


def test_labels_taken_back_before_the_freeze_leave_nothing_to_learn_from(home: Home) -> None:
    (seed,) = home.add("a.jpg", home.labelled())
    home.decide(seed, "reopen")

    with pytest.raises(LearningError, match="no labelled person was left"):
        home.freeze()


# --- training


def test_training_brings_progress_and_curves_to_the_round(home: Home) -> None:
    home.add("a.jpg", home.labelled(), unlabelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=4)))

    train_round(home.store, home.settings, 1, command=COMMAND)

    record = home.round()
    assert record.stage == "score"  # its last word was about predicting the pool
    assert record.progress == {"step": 2, "steps": 2, "seconds_left": 0.0, "ap": {"A": 0.5, "B": 0.5, "C": 0.5}}
    with home.store.reading() as tx:
        curve = rounds.points(tx, record.id)
    assert [(point.step, point.values["loss"]) for point in curve] == [
        (1, 1.0),
        (2, 0.5),
        (3, pytest.approx(1 / 3)),
        (4, 0.25),
    ]
    assert [set(point.values) for point in curve] == [{"loss"}] * 3 + [{"loss", "ap_A", "ap_B", "ap_C"}]


def test_a_finished_training_is_not_begun_again(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=1)))

    for _ in range(2):
        train_round(home.store, home.settings, 1, command=COMMAND)

    assert len((home.folder() / "pids").read_text().split()) == 1


def test_half_a_line_left_by_a_killed_trainer_is_left_out(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=2)))
    (home.folder() / "metrics.jsonl").write_text('{"stage": "train", "step": 900, "los\n')

    train_round(home.store, home.settings, 1, command=COMMAND)

    with home.store.reading() as tx:
        assert [point.step for point in rounds.points(tx, home.round().id)] == [1, 2]


def test_a_training_taken_up_again_draws_its_curves_anew(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=2)))
    with home.store.transaction() as tx:
        rounds.add_points(tx, home.round().id, [RoundPoint(19, {"loss": 0.1})])
    told = [{"step": 1, "loss": 9.0}, {"step": 5, "loss": 9.0}, {"step": 1, "began": True, "ap": {"C": 0.5}}]
    (home.folder() / "metrics.jsonl").write_text("".join(json.dumps({"stage": "train"} | t) + "\n" for t in told))

    train_round(home.store, home.settings, 1, command=COMMAND)

    with home.store.reading() as tx:
        curve = rounds.points(tx, home.round().id)
    assert [point.step for point in curve] == [1, 2], "what was told beyond the checkpoint is forgotten"
    assert curve[0].values["ap_C"] == 0.5


def test_a_failed_training_raises_with_the_trainers_words_and_may_be_tried_again(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(seed=13, train=TrainConfig(steps=1)))

    for _ in range(2):
        with pytest.raises(LearningError, match="the loss is NaN; wanted a number"):
            train_round(home.store, home.settings, 1, command=COMMAND)

    assert len((home.folder() / "pids").read_text().split()) == 2


def test_a_trainer_that_cannot_start_is_quoted(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze()

    with pytest.raises(LearningError, match=r"ended with status 2 .*can't open file"):
        train_round(home.store, home.settings, 1, command=(sys.executable, "/nowhere/trainer.py"))


def fail_round(home: Home) -> None:
    with home.store.transaction() as tx:
        rounds.fail(tx, home.round().id, "over")


def test_a_round_that_is_over_starts_no_trainer(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=1)))
    fail_round(home)

    with pytest.raises(RoundOver, match="round 1 is failed"):
        train_round(home.store, home.settings, 1, command=COMMAND)

    assert not (home.folder() / "pids").exists()


def test_a_round_that_ends_meanwhile_ends_its_trainer(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=100_000)))
    pids, slow = home.folder() / "pids", (*COMMAND[:2], "0.05")

    with ThreadPoolExecutor(1) as thread:
        training = thread.submit(train_round, home.store, home.settings, 1, command=slow)
        while not pids.exists():
            time.sleep(0.02)
        fail_round(home)
        with pytest.raises(RoundOver, match="round 1 is failed"):
            training.result(60)

    assert not psutil.pid_exists(int(pids.read_text()))


# --- scoring


def test_scoring_stores_every_networks_word_and_ranks_the_open_images(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    first, second = home.add("a.jpg", unlabelled(200), unlabelled(300))
    (third,) = home.add("b.jpg", unlabelled(200))
    (held_out,) = home.add("v.jpg", home.labelled(), split="validation")

    home.run_to_scores(blind_share=0.0)

    with home.store.reading() as tx:
        told = predictions.for_persons(tx, [first, held_out], round_number=1)
        scored = predictions.person_scores(tx, 1, [first, second, third, held_out])
    assert [one.prediction.network for one in told[first]] == ["A", "A_prev", "B", "B_prev", "C"]
    assert set(told) == {first, held_out}
    assert set(scored) == {first, second, third}
    assert scored[first].score < scored[second].score < scored[third].score
    assert home.round().progress == {"step": 5, "steps": 5, "ap": {"A": 0.5, "B": 0.5, "C": 0.5}}


def test_scoring_again_changes_nothing(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    ids = home.add("a.jpg", unlabelled(200), unlabelled(300))
    home.run_to_scores()

    def stored() -> list[tuple[int, str, float]]:
        with home.store.reading() as tx:
            found = predictions.for_persons(tx, ids, round_number=1)
        return [(one.id, one.prediction.network, float(one.prediction.xyc.sum())) for i in ids for one in found[i]]

    before = stored()
    (home.folder() / "seconds.json").unlink()
    score_round(home.store, home.settings, 1)

    assert stored() == before
    publish_round(home.store, home.settings, 1)
    assert home.round().state == "published"


def test_a_large_pool_is_written_in_short_transactions(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    ids = [person for n in range(30) for person in home.add(f"{n}.jpg", *[unlabelled(10.0 * i) for i in range(15)])]

    home.run_to_scores(steps=1)

    assert home.round().progress["step"] == 451  # 200 + 200 + 51
    with home.store.reading() as tx:
        assert len(predictions.for_persons(tx, ids, round_number=1)) == 450


# --- publishing


def test_publishing_flips_the_queue_to_the_new_ranking(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    home.add("a.jpg", unlabelled())
    home.add("b.jpg", unlabelled())
    home.run_to_scores(blind_share=0.0)
    with home.store.reading() as tx:
        assert [item.image.file_name for item in queue.listing(tx, limit=9, now=utc_now())] == ["a.jpg", "b.jpg"]
        assert project.get_project(tx).published_round is None

    publish_round(home.store, home.settings, 1)
    publish_round(home.store, home.settings, 1)

    with home.store.reading() as tx:
        assert [item.image.file_name for item in queue.listing(tx, limit=9, now=utc_now())] == ["b.jpg", "a.jpg"]
        assert project.get_project(tx).published_round == 1
    metrics = home.round().metrics
    assert (metrics["labelled"], metrics["validation"], metrics["refreshes"], metrics["device"]) == (1, 0, 1, "auto")
    assert set(metrics["seconds"]) == {"freeze", "train", "score"}
    assert metrics["ap"] == {name: {"AP": 0.5} for name in "ABC"}


def test_persons_accepted_while_the_round_ran_drop_from_the_queue(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    (early,) = home.add("a.jpg", unlabelled())
    (late,) = home.add("b.jpg", unlabelled())
    home.add("c.jpg", unlabelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=1)))
    home.decide(early, "accept", label=home.make_label(x=210.0))
    train_round(home.store, home.settings, 1, command=COMMAND)
    score_round(home.store, home.settings, 1)
    home.decide(late, "accept", label=home.make_label(x=210.0))

    publish_round(home.store, home.settings, 1)

    with home.store.reading() as tx:
        assert [item.image.file_name for item in queue.listing(tx, limit=9, now=utc_now())] == ["c.jpg"]


def test_the_real_trainer_takes_a_round_from_labels_to_a_ranking(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    rng = np.random.default_rng(0)
    for number in range(8):
        _, jpeg = cv2.imencode(".jpg", rng.integers(0, 255, (120, 160, 3), dtype=np.uint8))
        person = NewPerson(Box(40, 30, 60, 70), home.make_label(x=50.0, y=40.0) if number < 4 else None)
        split: Split = "validation" if number < 2 else "train"
        home.add(f"{number}.jpg", person, split=split, content=jpeg.tobytes())
    small = ModelConfig("mobilenet_v3_small", "mobilenet_v3_small", 16, input_height=64, input_width=64)
    learn = TrainConfig(steps=4, labelled_batch=2, unlabelled_batch=2, snapshot_every=2, loader_threads=1)
    home.freeze(RoundConfig(model=small, train=learn))

    train_round(home.store, replace(home.settings, device="cpu"), 1)
    score_round(home.store, home.settings, 1)
    publish_round(home.store, home.settings, 1)

    record = home.round()
    assert (record.state, record.metrics["device"]) == ("published", "cpu")
    assert set(record.metrics["ap"]) == {"A", "B", "C"}
    with home.store.reading() as tx:
        assert len(queue.listing(tx, limit=9, now=utc_now())) == 4
        curve = rounds.points(tx, record.id)
    assert curve[-1].step == 4
    assert {"loss", "ap_A", "ap_B", "ap_C"} <= set(curve[-1].values)


# --- ranking


def waiting(person_id: int, image_id: int) -> PersonRecord:
    return PersonRecord(person_id, image_id, Box(0, 0, 9, 9), "open", 0, None, None, None, None, None, {})


def scored(person_id: int, score: float, *flags: tuple[float, str]) -> PersonScore:
    return PersonScore(person_id, score, (score,), tuple(KeypointFlag(0, s, reason) for s, reason in flags))


def test_an_image_is_as_inconsistent_as_its_worst_person_and_says_why() -> None:
    persons = [waiting(1, 10), waiting(2, 20), waiting(3, 20), waiting(4, 30), waiting(5, 40)]
    scores = {
        1: scored(1, 0.5, (0.6, "knee")),
        2: scored(2, 0.1),
        3: scored(3, 0.9, (0.9, "ankle"), (0.8, "wrist"), (0.5, "nose"), (0.4, "ear")),
        4: scored(4, 0.2),
    }

    ranked = rank_pool(persons, scores, blind_share=0.0, seed=0)

    assert [(entry.position, entry.image_id, entry.score) for entry in ranked] == [
        (0, 20, 0.9),
        (1, 10, 0.5),
        (2, 30, 0.2),
    ]
    assert [entry.reasons for entry in ranked] == [("ankle", "wrist", "nose"), ("knee",), (TEACHERS_AGREE,)]


def test_the_blind_share_is_drawn_by_the_seed_and_says_so() -> None:
    persons = [waiting(i, i) for i in range(20)]
    scores = {i: scored(i, i / 20, (0.5, "knee")) for i in range(20)}

    one, again, other = (rank_pool(persons, scores, blind_share=0.25, seed=seed) for seed in (1, 1, 2))

    assert one == again != other
    blind = [entry for entry in one if entry.blind]
    assert len(blind) == 5
    assert {entry.reasons for entry in blind} == {(DRAWN_AT_RANDOM,)}
    shown = [entry.score for entry in one if not entry.blind]
    assert shown == sorted(shown, reverse=True)
