"""A round's twin: the same people, labels and settings, learned by labels alone, to see what all else was worth."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

from sqlalchemy.orm import Session

from app.home.image_files import ImageFiles
from app.home.shared_files import shared_files
from app.processes.job_engine import Engine
from app.rounds.comparing import method_name, why_without
from app.rounds.errors import LearningError
from app.rounds.starting_weights import fetch_weights
from app.rounds.weights import require_weights
from db.records import RoundRecord, UserRecord
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import RoundConfig, merge
from sspcm.manifest import Manifest, RoundError, read_manifest
from sspcm.round_folder import MANIFEST_FILE

METHOD = "supervised"


def why_no_twin(tx: Session, home: Path, record: RoundRecord) -> str | None:
    """Why a round can have no twin now, in words; None where it can."""
    number = record.number
    if (without := why_without(record)) is not None:
        return without
    if method_name(record) == METHOD:
        return f"Round {number} learned from labels alone: its twin would be the same again."
    if (twin := rounds.twin(tx, number)) is not None:
        return f"Round {twin.number} is the twin of round {number} already, and is {twin.state}."
    if not shared_files(home).fetch(_manifest_of(record)):
        return f"The manifest of round {number} is gone: nothing says any more what it learned from."
    return None


def launch_twin(store: Store, engine: Engine, number: int, *, user: UserRecord) -> RoundRecord:
    """A new round, queued for the worker: it learns by labels alone, and is never published by itself.

    Raises NotFound for no such round, LearningError where it can have no twin, RoundActive while another one is not
    over, ConfigError where today's limits refuse its settings.
    """
    with store.reading() as tx:
        record = rounds.get(tx, number)
        why = why_no_twin(tx, engine.home, record)
    if why is not None:
        raise LearningError(
            f"{why} Wanted a whole round that ended well and learned from more than labels, without a twin. "
            "Choose another one, or compare those there are."
        )
    manifest = twin_manifest(engine.home, record)
    require_weights(manifest.config.model, manifest.weights)
    config = merge(RoundConfig.from_toml(record.config_toml), {"method": METHOD})
    with store.transaction() as tx:  # the engine's tables lie in the same database: one commit for both
        twin = rounds.create(tx, config_toml=config.to_toml(), user=user, twin_of=number)
        engine.enqueue_round(tx, twin.number)
    return twin


def twin_manifest(home: Path, record: RoundRecord) -> Manifest:
    """What a round's twin is asked to do: all that the round was, by labels alone. Raises LearningError."""
    files, shared = ImageFiles(home), shared_files(home)
    try:
        shared.fetch(_manifest_of(record))
        manifest = read_manifest(home / _manifest_of(record))
        files.fetch({p.image.stem for p in manifest.persons})
        there = {path: path if path.exists() else files.path(path.stem) for path in {p.image for p in manifest.persons}}
    except (RoundError, FileNotFoundError) as error:
        raise LearningError(
            f"what round {record.number} learned from cannot be read: {error} Choose another round."
        ) from error
    if manifest.weights is not None:
        fetch_weights(home, manifest.weights)
    persons = tuple(replace(person, image=there[person.image]) for person in manifest.persons)
    return replace(manifest, config=merge(manifest.config, {"method": METHOD}), persons=persons)


def _manifest_of(record: RoundRecord) -> str:
    return (PurePosixPath(record.directory or "") / MANIFEST_FILE).as_posix()
