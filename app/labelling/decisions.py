"""What an annotator decides about persons and images, on its way from the contract to the store."""

from dataclasses import replace

import numpy as np

from app.contract.labelling import (
    AcceptMessage,
    AddPersonMessage,
    NotAPersonMessage,
    PersonMessage,
    PersonPayload,
    SavedPayload,
    SavedPerson,
    SkipMessage,
)
from app.labelling.history import note_restored
from app.labelling.tasks import person_payload
from db.clock import utc_now
from db.labelling import adding, closing, labels, leases
from db.labelling.leases import MOST_HELD
from db.people.audit import Actor
from db.pool import project
from db.records import (
    WITHDRAWN,
    Decision,
    DecisionKind,
    NewPerson,
    UserRecord,
)
from db.store.session import Store
from sspcm.pose import Box, Label


def accept(
    store: Store, user: UserRecord, message: AcceptMessage, *, lease_s: float, actor: Actor | None = None
) -> SavedPayload:
    """Keypoints become the person's label. Raises PoseError and the store's refusals; then nothing has changed.

    actor: who asks, as the audit log names them; a lead who brings an earlier label back gets a line there.
    """
    label = Label(
        np.array(message.xyv, dtype=np.float64).reshape(-1, 3),
        author=user.name,
        touched=np.array(message.touched, dtype=bool),
        started_from=message.started_from,
    )
    decision = replace(
        _decision(message, "accept", user, label=label), began=message.began, began_revision=message.began_revision
    )
    return _decide(store, decision, lease_s, actor=actor)


def skip(store: Store, user: UserRecord, message: SkipMessage, *, lease_s: float) -> SavedPayload:
    """The person is left without a label, for a reason."""
    return _decide(store, _decision(message, "skip", user, reason=message.reason), lease_s)


def not_a_person(store: Store, user: UserRecord, message: NotAPersonMessage, *, lease_s: float) -> SavedPayload:
    """The box holds nobody; whoever is withdrawn is on no list any more."""
    reason = WITHDRAWN if message.withdrawn else None
    return _decide(store, _decision(message, "not_a_person", user, reason=reason), lease_s)


def reopen(
    store: Store, user: UserRecord, message: PersonMessage, *, lease_s: float, most_held: int = MOST_HELD
) -> SavedPayload:
    """A decision is taken back."""
    return _decide(store, _decision(message, "reopen", user), lease_s, most_held=most_held)


def _decision(
    message: PersonMessage,
    kind: DecisionKind,
    user: UserRecord,
    *,
    label: Label | None = None,
    reason: str | None = None,
) -> Decision:
    """What was decided, with the box where the annotator changed it. Raises PoseError for a box that cannot be."""
    box = Box(**message.box.model_dump()) if message.box else None
    return Decision(
        message.key,
        kind,
        message.person_id,
        message.revision,
        user,
        label=label,
        reason=reason,
        box=box,
        seconds=message.seconds,
    )


def _decide(
    store: Store, decision: Decision, lease_s: float, *, most_held: int = MOST_HELD, actor: Actor | None = None
) -> SavedPayload:
    now = utc_now()
    with store.transaction() as tx:
        outcome = labels.decide(tx, decision, now=now, lease_s=lease_s)
        if not outcome.repeated:
            note_restored(tx, actor, decision, outcome)
        if decision.kind == "reopen":  # which took hold of the image
            leases.keep_at_most(tx, decision.user, most_held, now=now, above_all=outcome.image_id)
    return SavedPayload(
        person=SavedPerson(
            id=outcome.person_id,
            revision=outcome.revision,
            state=outcome.state,
            label_revision=outcome.label_revision,
        ),
        image_done=outcome.image_done,
        repeated=outcome.repeated,
    )


def add_person(
    store: Store, user: UserRecord, message: AddPersonMessage, *, lease_s: float, most_held: int = MOST_HELD
) -> PersonPayload:
    """A box the annotator drew becomes an open person; they hold the image. Raises PoseError, the store's refusals."""
    box = Box(**message.box.model_dump())
    with store.transaction() as tx:
        person = adding.add_person(tx, message.image_id, NewPerson(box), user=user, key=message.key, lease_s=lease_s)
        leases.keep_at_most(tx, user, most_held, now=utc_now(), above_all=message.image_id)
        return person_payload(person, project.get_project(tx))


def finish(store: Store, user: UserRecord, image_id: int, key: str) -> None:
    """Nobody (else) is in the image."""
    with store.transaction() as tx:
        closing.finish_image(tx, image_id, user=user, key=key)


def reopen_image(
    store: Store, user: UserRecord, image_id: int, key: str, *, lease_s: float, most_held: int = MOST_HELD
) -> None:
    """Somebody (else) may be here after all: the image is open again, and held by this annotator."""
    with store.transaction() as tx:
        closing.reopen_image(tx, image_id, user=user, key=key, lease_s=lease_s)
        leases.keep_at_most(tx, user, most_held, now=utc_now(), above_all=image_id)
