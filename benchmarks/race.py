"""Do two ever hold one image, and is a label ever lost or doubled? Many processes on one store, killed at random.

    python -m benchmarks.race [--clients 50] [--images 2000] [--kills 200] [--postgresql] [--seed 0]

Each client is a process with a store of its own and labels by the functions that the server calls: it takes one or two
images, beats, lets some go, and accepts everybody in the others. So killed (SIGKILL), it dies within its transactions;
over HTTP they would be the server's, which goes on, and whose threads take turns. Who is killed begins again as the
same annotator, at once or after their leases ran out, and sends first what was never answered, with the same key; one
accept in ten is sent twice anyway. All goes on until every image is closed.

One JSON line. double_leases: times when two annotators were both told that an image is theirs, and neither had let go
or run out. refused_while_held: accepts refused to who held the image. lost: accepts that were answered and are not in
the store; doubled: labels that are there twice; unasked: labels that nobody sent; left_open: images and persons that
are not done. Ends with status 1 where one of them is not 0.
"""

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
import traceback
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select

from app.contract.labelling import AcceptMessage, TaskPayload
from app.labelling import decisions, tasks
from benchmarks.soak import database
from db.errors import LeaseLost, RevisionConflict, StoreBusy
from db.people import users
from db.pool import images, project
from db.records import NewImage, NewPerson, UserRecord
from db.schema import ImageRow, LabelRow, PersonRow
from db.store.session import Store, migrate, open_store
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton

PERSONS = 2
"""In each image."""
PAUSE_S = 0.02
"""The longest pause before an accept."""
WORKING_S = 0.2
"""Between two kills, on average."""
LONGEST_S = 1800.0
BAD = ("double_leases", "refused_while_held", "lost", "doubled", "unasked", "left_open")

Line = dict[str, Any]
"""What a client noted: did, at (s since 1970) and what it was about."""
Given = TypeVar("Given")


def main() -> None:
    """Run, print, and end with what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200, help="at most; fewer where the images are done before")
    parser.add_argument("--lease-s", type=float, default=5.0, help="short: who is killed loses images to others")
    parser.add_argument("--postgresql", action="store_true", help="the store on a PostgreSQL server of its own")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="race-") as folder, database(options.postgresql) as url:
        told = race(
            Path(folder),
            url or f"sqlite:///{Path(folder) / 'store.db'}",
            clients=options.clients,
            count=options.images,
            kills=options.kills,
            lease_s=options.lease_s,
            seed=options.seed,
        )
    print(json.dumps({"benchmark": "race", "store": "postgresql" if url else "sqlite", **told}), flush=True)
    sys.exit(1 if told["broken"] or any(told[name] for name in BAD) else 0)


def race(folder: Path, url: str, *, clients: int, count: int, kills: int, lease_s: float, seed: int) -> dict[str, Any]:
    """Clients on a store of so many images, through so many kills; what came of it."""
    migrate(url)
    people = fill(url, clients, count)
    chance, began = random.Random(seed), time.monotonic()
    ring = Ring(folder, url, people, lease_s, chance)
    done, broken = ring.run(kills, until=began + LONGEST_S)
    seconds = time.monotonic() - began
    lines = {user.id: lines_of(ring.log(user)) for user in people}
    store = open_store(url)
    try:
        found = held_against_the_store(store, lines)
    finally:
        store.close()
    did = Counter(line["did"] for own in lines.values() for line in own)
    return {
        "clients": clients,
        "images": count,
        "kills": done,
        "killed_within_an_accept": did["sends again"],
        "of_these_saved": sum(line.get("again", False) and line["repeated"] for own in lines.values() for line in own),
        "taken_over": taken_over(lines),
        "told_busy": did["busy"],
        "refused": did["refused"],
        "double_leases": double_leases(lines),
        "refused_while_held": refused_while_held(lines),
        **found,
        "broken": broken + [line["error"] for own in lines.values() for line in own if line["did"] == "broke"],
        "seconds": round(seconds, 1),
    }


def fill(url: str, clients: int, count: int) -> list[UserRecord]:
    """Images of open persons, and so many annotators."""
    store = open_store(url)
    persons = [NewPerson(Box(40.0 + 60 * i, 60.0, 40.0, 80.0)) for i in range(PERSONS)]
    with store.transaction() as tx:
        project.ensure_project(tx, name="race", skeleton=get_skeleton("coco-17"))
        for number in range(count):
            image = NewImage(f"{number:064x}", f"{number:05d}.jpg", 640, 480, "hall", number, "train")
            images.add_image(tx, image, persons)
        people = [users.add_user(tx, f"annotator {i}", "annotator", "correct horse") for i in range(clients)]
    store.close()
    return people


class Ring:
    """The clients' processes, which are killed and begun again."""

    def __init__(self, folder: Path, url: str, people: list[UserRecord], lease_s: float, chance: random.Random) -> None:
        self._folder, self._url, self._people, self._lease_s, self._chance = folder, url, people, lease_s, chance
        # no process inherits a connection, and the modules are read once
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["app.labelling.decisions", "app.labelling.tasks", "benchmarks.soak"])
        self._running: dict[int, BaseProcess] = {}
        self._returns: dict[int, float] = {}

    def log(self, user: UserRecord) -> Path:
        """What this annotator's clients noted."""
        return self._folder / f"{user.id}.jsonl"

    def run(self, kills: int, *, until: float) -> tuple[int, list[str]]:
        """Until everything is labelled; how many were killed, and what went wrong."""
        for user in self._people:
            self._begin(user)
        killed, next_kill = 0, time.monotonic() + self._pause()
        while (self._running or self._returns) and time.monotonic() < until:
            time.sleep(0.01)
            now = time.monotonic()
            for user in self._people:
                if self._returns.get(user.id, now + 1) <= now:
                    del self._returns[user.id]
                    self._begin(user)
            for user_id, process in list(self._running.items()):
                if process.exitcode is not None:
                    del self._running[user_id]
            if killed < kills and now >= next_kill and self._running:
                next_kill = now + self._pause()
                victim = self._chance.choice(sorted(self._running))
                process = self._running.pop(victim)
                process.kill()
                process.join()
                killed += process.exitcode != 0  # it may have ended by itself
                self._returns[victim] = now + self._chance.choice([0.0, 2 * self._lease_s])
        for process in self._running.values():
            process.kill()
            process.join()
        return killed, [f"{len(self._running)} clients had not ended after {LONGEST_S:.0f} s"] if self._running else []

    def _pause(self) -> float:
        return self._chance.expovariate(1 / WORKING_S)

    def _begin(self, user: UserRecord) -> None:
        arguments = (self._url, user, self.log(user), self._lease_s, self._chance.randrange(2**32))
        self._running[user.id] = self._context.Process(target=annotate, args=arguments)
        self._running[user.id].start()


# --- one client ------------------------------------------------------------------------------------------------------
def annotate(url: str, user: UserRecord, log: Path, lease_s: float, seed: int) -> None:
    """Label until nothing is open."""
    earlier = lines_of(log)
    with log.open("ab", buffering=0) as file:
        note = Notes(file.write)
        try:
            Client(open_store(url), user, note, lease_s, random.Random(seed)).work(earlier)
        except Exception:
            note("broke", error=traceback.format_exc()[-1000:])


@dataclass
class Notes:
    """Each line is one write: whoever is killed has noted it whole or not at all."""

    write: Callable[[bytes], object]

    def __call__(self, did: str, **about: Any) -> None:
        """That something was done, now."""
        self.write(json.dumps({"did": did, "at": time.time(), **about}).encode() + b"\n")


class Client:
    """One annotator's process."""

    def __init__(self, store: Store, user: UserRecord, note: Notes, lease_s: float, chance: random.Random) -> None:
        self._store, self._user, self._note, self._lease_s, self._chance = store, user, note, lease_s, chance

    def work(self, earlier: list[Line]) -> None:
        """First what was sent and never answered; then image after image."""
        unanswered = sent_last(earlier)
        if unanswered is not None:
            self._note("sends again", key=unanswered["key"])
            self._send(AcceptMessage(**unanswered["message"]), unanswered["image"], again=True)
        while True:
            at_hand = self._take()
            for task in at_hand:
                self._label(task)
            if not at_hand:
                if not self._is_open():
                    return
                time.sleep(0.1)  # the rest is others', for now

    def _take(self) -> list[TaskPayload]:
        """One image, or two; none where all that is open is others'."""
        found: list[TaskPayload] = []
        for _ in range(self._chance.choice([1, 1, 2])):
            until = time.time() + self._lease_s
            ask = partial(tasks.next_task, exclude=[task.image.id for task in found], lease_s=self._lease_s)
            task = self._until_not_busy(lambda ask=ask: ask(self._store, self._user))
            if task is None:
                break
            self._note("holds", image=task.image.id, until=until)
            found.append(task)
        return found

    def _label(self, task: TaskPayload) -> None:
        """Everybody open in it; or it is let go."""
        image_id = task.image.id
        if self._chance.random() < 0.1:
            self._note("lets go", image=image_id)
            self._until_not_busy(lambda: tasks.release(self._store, self._user, [image_id]))
            return
        left = [person for person in task.persons if person.state == "open"]
        for number, person in enumerate(left):
            time.sleep(self._chance.uniform(0, PAUSE_S))
            if self._chance.random() < 0.2 and not self._beat(image_id):
                return
            if number == len(left) - 1:
                self._note("lets go", image=image_id)  # the image is closed by this, and its lease ends
            pose = [[50.0 + k, 70.0 + k, 2.0] for k in range(17)]
            pose[0][0] = self._chance.uniform(45, 75)  # nobody else's
            message = AcceptMessage(
                key=uuid.uuid4().hex, person_id=person.id, revision=person.revision, xyv=pose, touched=[True] * 17
            )
            if not self._send(message, image_id):
                return
            if self._chance.random() < 0.1:
                self._send(message, image_id)

    def _beat(self, image_id: int) -> bool:
        until = time.time() + self._lease_s
        held = self._until_not_busy(lambda: tasks.heartbeat(self._store, self._user, [image_id], lease_s=self._lease_s))
        self._note("holds" if image_id in held else "lets go", image=image_id, until=until)
        return image_id in held

    def _send(self, message: AcceptMessage, image_id: int, *, again: bool = False) -> bool:
        """Until it is answered; whether it was taken."""
        about = {"key": message.key, "image": image_id, "person": message.person_id, "mark": message.xyv[0][0]}
        self._note("sends", **about, message=message.model_dump())
        try:
            ask = partial(decisions.accept, lease_s=self._lease_s)
            saved = self._until_not_busy(lambda: ask(self._store, self._user, message))
        except (LeaseLost, RevisionConflict) as error:
            self._note("refused", **about, why=type(error).__name__)
            return False
        self._note("saved", **about, repeated=saved.repeated, again=again)
        return True

    def _until_not_busy(self, ask: Callable[[], Given]) -> Given:
        while True:
            try:
                return ask()
            except StoreBusy:
                self._note("busy")

    def _is_open(self) -> bool:
        with self._store.reading() as tx:
            return tx.scalar(select(ImageRow.id).where(ImageRow.is_open).limit(1)) is not None


def sent_last(lines: list[Line]) -> Line | None:
    """What was sent and got no answer: the last line of who was killed within an accept."""
    last = lines[-1] if lines else None
    if last is None or last["did"] not in ("sends", "sends again", "busy"):
        return None
    return next((line for line in reversed(lines) if line["did"] == "sends"), None)


def lines_of(log: Path) -> list[Line]:
    """What a client noted, in order."""
    return [json.loads(line) for line in log.read_bytes().splitlines()] if log.exists() else []


# --- what came of it -------------------------------------------------------------------------------------------------
@dataclass
class Hold:
    """A time in which an image was an annotator's for certain: from when they were told so to when it could end."""

    user: int
    begin: float
    end: float


def holds_of(lines: dict[int, list[Line]]) -> dict[int, list[Hold]]:
    """By image. lines: by annotator. It ends when they let go, or a lease after they asked."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for user, own in lines.items():
        for line in own:
            if line["did"] == "holds":
                found[line["image"]].append(Hold(user, line["at"], line["until"]))
            elif line["did"] == "lets go":
                for hold in found[line["image"]]:
                    if hold.user == user:
                        hold.end = min(hold.end, line["at"])
    return found


def double_leases(lines: dict[int, list[Line]]) -> int:
    """How often two annotators held one image at one time."""
    return sum(
        one.user < other.user and max(one.begin, other.begin) < min(one.end, other.end)
        for holds in holds_of(lines).values()
        for one in holds
        for other in holds
    )


def taken_over(lines: dict[int, list[Line]]) -> int:
    """How many images more than one annotator held, one after the other."""
    return sum(len({hold.user for hold in holds}) > 1 for holds in holds_of(lines).values())


def refused_while_held(lines: dict[int, list[Line]]) -> int:
    """How many accepts were refused to who held the image when the answer came."""
    holds = holds_of(lines)
    return sum(
        any(hold.user == user and hold.begin <= line["at"] < hold.end for hold in holds[line["image"]])
        for user, own in lines.items()
        for line in own
        if line["did"] == "refused"
    )


def held_against_the_store(store: Store, lines: dict[int, list[Line]]) -> dict[str, int]:
    """What was answered beside what is there."""
    with store.reading() as tx:
        labels = [(person, xyv[0][0]) for person, xyv in tx.execute(select(LabelRow.person_id, LabelRow.xyv))]
        not_done = tx.scalar(select(func.count()).where(PersonRow.state != "accepted")) or 0
        still_open = tx.scalar(select(func.count()).where(ImageRow.is_open)) or 0
    noted = [line for own in lines.values() for line in own]
    return {**compared(labels, noted), "left_open": not_done + still_open}


def compared(labels: list[tuple[int, float]], noted: Iterable[Line]) -> dict[str, int]:
    """labels: the store's, by person and by what makes each its own. A person is decided once here."""
    noted = list(noted)
    saved = {(line["person"], line["mark"]) for line in noted if line["did"] == "saved"}
    sent = {(line["person"], line["mark"]) for line in noted if line["did"] == "sends"}
    return {
        "answered": len(saved),
        "lost": len(saved - set(labels)),
        "doubled": len(labels) - len({person for person, _ in labels}),
        "unasked": len(set(labels) - sent),
    }


if __name__ == "__main__":
    main()
