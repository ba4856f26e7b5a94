"""A pre-labelling is launched: the uploaded model is checked and handed to the worker."""

from app.processes.job_engine import Engine
from db.records import PrelabellingRecord, UserRecord
from db.rounds import prelabellings
from db.store.session import Store


def launch_prelabelling(
    store: Store, engine: Engine, *, model: str, sha256: str, user: UserRecord
) -> PrelabellingRecord:
    """A model queued for the worker, behind a round that runs: its row and its job, together or not at all.

    Raises RoundActive while another model is.
    """
    with store.transaction() as tx:
        record = prelabellings.create(tx, model=model, sha256=sha256, user=user)
        engine.enqueue_prelabelling(tx, record.id)
    return record
