"""A home with people, and workers to start on it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.processes.job_engine import VERSION, Engine, prepare
from app.processes.this_worker import serves_alone, this_worker, worker_name
from app.rounds.folder import round_folder
from app.rounds.launching import launch_round
from app.worker.presence import Presence
from db.clock import utc_now
from db.people import users
from db.pool import images, project
from db.records import NewImage, NewPerson, RoundRecord, UserRecord
from db.rounds import rounds
from db.store.session import Store, open_store
from sspcm.config import RoundConfig, TrainConfig
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton
from tests.app.simulation.simulated_home import STAND_IN
from tests.waiting import gone, until

TRAINER = Path(__file__).parents[1] / "rounds" / "stand_in_trainer.py"
SHARING = Path(__file__).parents[1] / "rounds" / "stand_in_sharing.py"
Command = list[str]

WORKER = """
import json, logging, sys
from pathlib import Path
from app.home.settings import Settings
from app.processes import job_engine
from app.worker import process
from app.worker.process import WorkerError, run_worker
logging.basicConfig(level=logging.INFO)
home, url, name, gone_s, version, commands = sys.argv[1:]
job_engine.VERSION = process.VERSION = version
settings = Settings(Path(home), url, worker=name or None, worker_gone_s=float(gone_s))
train, simulate, score = json.loads(commands)
try:
    run_worker(settings, train_command=train, simulate_command=simulate, score_command=score)
except WorkerError as error:
    sys.exit(str(error))
"""


@dataclass
class Place:
    """A home with people, an engine to launch rounds with, and workers to start."""

    settings: Settings
    store: Store
    engine: Engine
    lead: UserRecord
    workers: list[subprocess.Popen[str]]

    def start_worker(
        self,
        pace: float = 0.0,
        *,
        name: str = "",
        gone_s: float = 60.0,
        version: str = VERSION,
        trainer: Path = TRAINER,
        commands: tuple[Command, Command] | None = None,
    ) -> subprocess.Popen[str]:
        """name, gone_s: of one among several, on PostgreSQL. version: which jobs it takes up. commands: its trainer
        and its scorer, else stand-ins."""
        python = sys.executable
        train, score = commands or ([python, str(trainer), str(pace)], [python, str(SHARING), str(pace), "score"])
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                WORKER,
                str(self.settings.home),
                self.store.url,
                name,
                str(gone_s),
                version,
                json.dumps([train, [python, str(STAND_IN), str(pace)], score]),
            ],
            stderr=subprocess.PIPE if self.workers else None,
            text=True,
        )
        self.workers.append(process)
        return process

    def launch(self, *, steps: int = 3, seed: int = 0) -> RoundRecord:
        config = RoundConfig(seed=seed, train=TrainConfig(steps=steps))
        return launch_round(self.store, self.engine, config=config, user=self.lead)

    def round(self, number: int = 1) -> RoundRecord:
        with self.store.reading() as tx:
            return rounds.get(tx, number)

    def trainers(self, number: int = 1) -> list[int]:
        """The process ids of the trainers that were started for a round, oldest first."""
        folders = sorted(round_folder(self.settings, number).parent.glob("attempt-*"))
        found = [int(line) for one in folders for path in one.glob("pids") for line in path.read_text().split()]
        return list(dict.fromkeys(found))  # each folder begins as a copy of the one before

    def end_workers(self) -> None:
        """All that were started, and their trainers."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
            if worker.stderr:
                worker.stderr.close()
        until(lambda: all(gone(pid) for pid in self.trainers()))

    def presence(self, *, gone_s: float = 60.0) -> Presence:
        """This very process as a worker."""
        settings = replace(self.settings, worker_gone_s=gone_s)
        worker = this_worker(worker_name(settings), version=VERSION, now=utc_now(), settings=settings)
        found = Presence(self.store, worker, alone=serves_alone(self.settings))
        found.arrive()
        return found


def place_at(
    url: str,
    home: Path,
    make_label: Callable[..., object],
    *,
    content: Callable[[int], bytes] = lambda number: bytes([number]),
) -> Iterator[Place]:
    """content: of each image's file."""
    settings = Settings(home, url)
    prepare(settings)
    store, engine = open_store(url), Engine(settings)
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        for number in range(12):
            sha256 = ImageFiles(home).put(content(number), ".jpg")
            labelled = number < 4
            person = NewPerson(Box(60, 60, 40, 80), make_label(x=60.0) if labelled else None)
            split = "validation" if number < 2 else "train"
            images.add_image(tx, NewImage(sha256, f"{number}.jpg", 640, 480, "hall", number, split), [person])
        lead = users.add_user(tx, "lena", "lead", "correct horse")
    place = Place(settings, store, engine, lead, [])
    yield place
    place.end_workers()
    engine.close()
    store.close()


@contextmanager
def beside(place: Place, home: Path) -> Iterator[Place]:
    """The same as another machine sees it, which has a home of its own."""
    found = replace(place, settings=replace(place.settings, home=home), workers=[])
    yield found
    found.end_workers()
