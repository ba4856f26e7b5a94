"""Nobody learns from whom a round is measured by, whatever is labelled, taken back, kept and given back in between."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.pool.validation import give_back, keep_named, keep_share
from app.rounds.errors import LearningError
from app.rounds.freezing import freeze_round
from db.errors import InvalidDecision, NotFound
from db.labelling import leases
from db.people import users
from db.pool import images, project
from db.pool.persons import get_person, list_persons
from db.records import NewPerson
from db.rounds import rounds
from db.store.session import open_store
from sspcm.config import RoundConfig
from sspcm.pose import Box, Label
from sspcm.skeletons.skeleton import get_skeleton
from tests.app.rounds.round_home import Home, unlabelled

IMAGES = 4
Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["label", "skip", "take back", "keep", "give back", "keep share", "freeze", "freeze again"]),
        st.integers(0, IMAGES - 1),
    ),
    min_size=10,
    max_size=30,
)


def image_name(place: int) -> str:
    return f"{place}.jpg"


@dataclass
class Life:
    """A home through its days, and every manifest that was written."""

    home: Home
    manifests: list[dict[str, Any]] = field(default_factory=list)
    number: int = 0

    def step(self, what: str, place: int) -> None:
        store, (first, *_) = self.home.store, self.persons_of(place)
        if what in ("label", "skip", "take back"):
            self.decide(first, what)
        elif what == "keep share":
            keep_share(store, at_least=place, seed=place)
        elif what in ("keep", "give back"):
            move = keep_named if what == "keep" else give_back
            with suppress(NotFound):  # it is in that split already
                move(store, [image_name(place)])
        else:
            self.freeze(again=what == "freeze again")

    def decide(self, person: int, what: str) -> None:
        kind = {"label": "accept", "skip": "skip", "take back": "reopen"}[what]
        label = self.home.make_label(x=60.0) if what == "label" else None
        with suppress(InvalidDecision):  # nobody reopens who is open, or changes a validation image that came labelled
            self.home.decide(person, kind, label=label, reason="dark" if what == "skip" else None)
        with self.home.store.transaction() as tx:
            leases.release(tx, self.home.lead, list(range(100)))

    def persons_of(self, place: int) -> list[int]:
        with self.home.store.reading() as tx:
            (image,) = [one for one in images.list_images(tx) if one.file_name == image_name(place)]
            return [person.id for person in list_persons(tx, image_id=image.id)]

    def freeze(self, *, again: bool) -> None:
        """A new round, or the last one's manifest written anew as by a second attempt; the last one ends first."""
        if not again or not self.number:
            self.end_round()
            self.number = self.home.create(RoundConfig()).number
        (self.home.folder(self.number) / "manifest.json").unlink(missing_ok=True)
        try:
            freeze_round(self.home.store, self.home.files, self.home.settings, self.number)
        except LearningError:
            return  # nobody is labelled
        self.manifests.append(self.home.manifest(self.number))
        self.check_the_last()

    def end_round(self) -> None:
        if self.number:
            with self.home.store.transaction() as tx:
                rounds.fail(tx, self.home.round(self.number).id, "over")

    def check_the_last(self) -> None:
        """Right when it is written, nobody is learned from who is kept for validation now."""
        learned = learned_from(self.manifests[-1], "labelled", "unlabelled")
        with self.home.store.reading() as tx:
            kept = {person.id for person in list_persons(tx, split="validation")}
        assert not learned & kept

    def check_all(self) -> None:
        """Whoever was ever learned from by a label is in no validation, and whoever measured is in no training."""
        labelled = set().union(*(learned_from(one, "labelled") for one in self.manifests))
        measured = set().union(*(measured_by(one) for one in self.manifests))
        assert not labelled & measured
        with self.home.store.reading() as tx:
            split = {i: images.get_image(tx, get_person(tx, i).image_id).split for i in labelled | measured}
        assert all(split[i] == "train" for i in labelled)
        assert all(split[i] == "validation" for i in measured)


def learned_from(manifest: dict[str, Any], *uses: str) -> set[int]:
    return {person["id"] for person in manifest["persons"] if person["use"] in uses}


def measured_by(manifest: dict[str, Any]) -> set[int]:
    """Who is there without a label is predicted, and measures nothing: their image may be given back."""
    return {person["id"] for person in manifest["persons"] if person["use"] == "validation" and person["xyv"]}


def begin(folder: Path, migrated: Path, make_label: Callable[..., Label]) -> Life:
    """Three images of two open persons, the first of them labelled, and a validation image that came labelled."""
    shutil.copy(migrated, folder / "store.db")
    url = f"sqlite:///{folder / 'store.db'}"
    store = open_store(url)
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        lead = users.add_user(tx, "lena", "lead", "correct horse")
    home = Home(Settings(folder, url), store, ImageFiles(folder), lead, make_label)
    home.add(image_name(0), NewPerson(Box(60, 60, 40, 80), make_label(x=60.0)), unlabelled())
    home.add(image_name(1), NewPerson(Box(60, 60, 40, 80), make_label(x=60.0)), split="validation")
    for place in range(2, IMAGES):
        home.add(image_name(place), unlabelled(60), unlabelled())
    return Life(home)


@given(steps=STEPS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_is_ever_learned_from_who_measures(
    steps: list[Step], migrated_sqlite: Path, make_label: Callable[..., Label]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = begin(Path(folder), migrated_sqlite, make_label)
        for what, place in steps:
            life.step(what, place)
        life.freeze(again=False)
        life.check_all()
        life.home.store.close()


def test_a_round_that_was_frozen_before_an_image_was_kept_does_not_learn_from_it_when_it_begins_again(
    home: Home,
) -> None:
    home.add("a.jpg", home.labelled())
    (later,) = home.add("b.jpg", unlabelled())
    (taken_back,) = home.add("c.jpg", home.labelled())
    assert {person["id"]: person["use"] for person in home.freeze()["persons"]}[later] == "unlabelled"
    home.decide(taken_back, "reopen")
    with home.store.transaction() as tx:
        leases.release(tx, home.lead, [3])
    assert keep_named(home.store, ["b.jpg", "c.jpg"]).refused == ("c.jpg",)
    (home.folder() / "manifest.json").unlink()
    freeze_round(home.store, home.files, home.settings, 1)
    uses = {person["id"]: person["use"] for person in home.manifest()["persons"]}
    assert (uses[later], uses[taken_back]) == ("validation", "labelled")


def test_an_image_moved_behind_the_stores_back_is_left_out(home: Home) -> None:
    (one, two) = home.add("a.jpg", home.labelled(), unlabelled())
    home.add("b.jpg", home.labelled())
    home.freeze()
    with home.store.transaction() as tx:
        image = images.list_images(tx)[0]
        tx.connection().exec_driver_sql(f"UPDATE images SET split = 'validation' WHERE id = {image.id}")
    (home.folder() / "manifest.json").unlink()
    freeze_round(home.store, home.files, home.settings, 1)
    manifest = home.manifest()
    assert one not in {person["id"] for person in manifest["persons"]}
    assert two not in learned_from(manifest, "labelled", "unlabelled") | measured_by(manifest)
