"""A home whose rounds a test runs stage by stage, and a trainer that learns nothing."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.rounds.folder import round_folder
from app.rounds.freezing import freeze_round
from app.rounds.scoring import score_round
from app.rounds.training import train_round
from db.clock import utc_now
from db.labelling import labels
from db.pool import images
from db.pool.persons import get_person, list_persons
from db.records import (
    Decision,
    NewImage,
    NewPerson,
    RoundRecord,
    Split,
    UserRecord,
)
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import RankingConfig, RoundConfig, TrainConfig
from sspcm.pose import Box, Label

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


def unlabelled(x: float = 200.0, **extra: Any) -> NewPerson:
    return NewPerson(Box(x, 100, 50, 90), extra=extra)
