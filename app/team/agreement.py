"""How people agree who labelled the same persons, as leads see it; and what leads make of it."""

import csv
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from sqlalchemy.orm import Session

from app.contract.agreement import (
    AdoptedPayload,
    AgreedKeypointPayload,
    AgreedPayload,
    AgreementPayload,
)
from db.clock import utc_now
from db.errors import InvalidDecision
from db.labelling import readings, sigmas
from db.labelling.readings import Pair, Reread
from db.people import audit
from db.people.audit import Actor
from db.pool.counts import count
from db.pool.project import get_project
from db.store.session import Store
from sspcm.evaluation.agreement import FEWEST_PAIRS, KINDS, FittedSigmas, fit_sigmas, keypoint_oks, kinds_of
from sspcm.evaluation.choosing import mean_oks
from sspcm.evaluation.metrics import agreement, cohens_kappa
from sspcm.skeletons.skeleton import Skeleton

COLUMNS = ("keypoint", "persons", "oks", "visibility_kappa", "sigma_now", "sigma", "low", "high", *KINDS)
_OF_ANOTHER = [KINDS.index("swap"), KINDS.index("other person")]
"""Errors of their own kind: they say nothing of how exactly people place a keypoint."""


@dataclass(frozen=True, eq=False)
class Compared:
    """P persons labelled twice. oks, kinds: of each keypoint; see sspcm/evaluation/agreement.py."""

    pairs: Sequence[Pair]
    skeleton: Skeleton
    area: Float[np.ndarray, "P"]
    oks: Float[np.ndarray, "P K"]
    kinds: Int[np.ndarray, "P K"]
    fitted: FittedSigmas

    def figures(self, name: str, chosen: Sequence[int]) -> AgreedPayload:
        """Of some of the persons."""
        found = agreement(
            [(self.pairs[i].first, self.pairs[i].second) for i in chosen],
            area=[float(self.area[i]) for i in chosen],
            sigmas=self.skeleton.sigma_array,
        )
        rows = self.oks[list(chosen)] if chosen else np.zeros((0, len(self.skeleton)))
        both = np.isfinite(rows).any(1)
        image = np.array([self.pairs[i].person.image_id for i in chosen], dtype=np.int64)
        mean = mean_oks(np.nanmean(rows[both], axis=1), image[both]) if both.any() else None
        return AgreedPayload(
            name=name,
            persons=len(chosen),
            oks=_known(found.mean_oks),
            low=None if mean is None else _known(mean.low),
            high=None if mean is None else _known(mean.high),
            visibility_kappa=_known(found.visibility_kappa),
        )

    def grouped(self, named: Callable[[Pair], str]) -> list[AgreedPayload]:
        """By what each pair is called, in order of the names."""
        groups: dict[str, list[int]] = {}
        for i, pair in enumerate(self.pairs):
            groups.setdefault(named(pair), []).append(i)
        return [self.figures(name, groups[name]) for name in sorted(groups)]

    def keypoint(self, k: int) -> AgreedKeypointPayload:
        """One keypoint of everybody."""
        placed = self.oks[:, k][np.isfinite(self.oks[:, k])]
        fitted, counted = self.fitted, Counter(self.kinds[:, k].tolist())
        return AgreedKeypointPayload(
            name=self.skeleton.keypoints[k],
            pairs=int(fitted.pairs[k]),
            oks=_known(float(placed.mean())) if len(placed) else None,
            visibility_kappa=_known(self._kappa(k)),
            sigma_now=self.skeleton.sigmas[k],
            sigma=_known(float(fitted.sigma[k])),
            low=_known(float(fitted.low[k])),
            high=_known(float(fitted.high[k])),
            is_enough=bool(fitted.are_enough[k]),
            kinds={kind: counted[i] for i, kind in enumerate(KINDS)},
        )

    def _kappa(self, k: int) -> float:
        first, second = (
            np.array([label.visibility[k] for label in side], dtype=np.int64)
            for side in ([pair.first for pair in self.pairs], [pair.second for pair in self.pairs])
        )
        return cohens_kappa(first, second) if len(first) else math.nan

    def sigmas(self) -> list[float]:
        """Those that are to be adopted: fitted where there are enough persons, as they are elsewhere."""
        found = zip(self.fitted.are_enough, self.fitted.sigma, self.skeleton.sigmas, strict=True)
        return [round(float(fitted), 4) if is_enough else now for is_enough, fitted, now in found]


def compare(tx: Session) -> Compared:
    """Everybody who was labelled twice."""
    pairs, skeleton = readings.pairs(tx), get_project(tx).skeleton
    keypoints = len(skeleton)
    first = np.array([pair.first.xyv for pair in pairs]).reshape(-1, keypoints, 3)
    second = np.array([pair.second.xyv for pair in pairs]).reshape(-1, keypoints, 3)
    area = np.array([pair.person.oks_area for pair in pairs], dtype=np.float64)
    by_image: dict[int, list[int]] = {}
    for i, pair in enumerate(pairs):
        by_image.setdefault(pair.person.image_id, []).append(i)
    others = [first[[j for j in by_image[pair.person.image_id] if j != i]] for i, pair in enumerate(pairs)]
    sigma, mirror = skeleton.sigma_array, skeleton.mirror_array
    kinds = kinds_of(first, second, area=area, sigmas=sigma, mirror=mirror, others=others)
    return Compared(
        pairs=pairs,
        skeleton=skeleton,
        area=area,
        oks=keypoint_oks(first, second, area=area, sigmas=sigma),
        kinds=kinds,
        fitted=fit_sigmas(first, second, area=area, usable=~np.isin(kinds, _OF_ANOTHER)),
    )


def agreement_told(tx: Session) -> AgreementPayload:
    """What people labelled twice tell. Raises NoProject."""
    found, more, twice = compare(tx), readings.reread(tx), readings.share(tx)
    missing = max(0, FEWEST_PAIRS - len(found.pairs))
    in_use, counted = sigmas.adopted(tx), Counter(found.kinds.ravel().tolist())
    return AgreementPayload(
        twice=twice,
        words=_words(found, more, twice, missing=missing, kept=count(tx).persons_validation),
        persons=len(found.pairs),
        missing=missing,
        waiting=more.waiting,
        otherwise=more.otherwise,
        everybody=found.figures("everybody", range(len(found.pairs))),
        by_pair=found.grouped(_annotators),
        by_week=found.grouped(lambda pair: "{}-W{:02}".format(*pair.at.isocalendar())),
        keypoints=[found.keypoint(k) for k in range(len(found.skeleton))],
        kinds={kind: counted[i] for i, kind in enumerate(KINDS)},
        can_adopt=bool(found.fitted.are_enough.any()),
        adopted=None if in_use is None else AdoptedPayload(by=in_use.by, at=in_use.at),
    )


def set_share(store: Store, actor: Actor, twice: float) -> None:
    """From now on so many of all people are labelled twice. Noted in the same transaction. Raises InvalidDecision."""
    with store.transaction() as tx:
        before = readings.set_share(tx, twice)
        audit.note(tx, actor, "share labelled twice set", "", {"twice": twice, "before": before})


def adopt(store: Store, actor: Actor) -> None:
    """The fitted sigmas become the project's. Raises InvalidDecision for too few persons, RoundActive."""
    with store.transaction() as tx:
        found = compare(tx)
        enough = found.fitted.are_enough
        if not enough.any():
            raise InvalidDecision(
                f"{len(found.pairs)} people are labelled twice; wanted {FEWEST_PAIRS} in whom both place a keypoint. "
                "Label on: what is drawn comes to a second annotator by itself."
            )
        kept = sigmas.adopt(tx, found.sigmas(), by=actor.name, now=utc_now())
        details = {"keypoints": int(enough.sum()), "persons": len(found.pairs), "sigmas": list(kept.sigmas)}
        audit.note(tx, actor, "sigmas adopted", "", details)


def take_back(store: Store, actor: Actor) -> None:
    """The sigmas of before are the project's again. Raises InvalidDecision, RoundActive."""
    with store.transaction() as tx:
        was = sigmas.take_back(tx)
        audit.note(tx, actor, "sigmas taken back", "", {"sigmas": list(was.before)})


def agreement_as_csv(keypoints: Sequence[AgreedKeypointPayload]) -> Iterator[str]:
    """One line a keypoint."""
    yield _csv(COLUMNS)
    for one in keypoints:
        figures = (one.pairs, one.oks, one.visibility_kappa, one.sigma_now, one.sigma, one.low, one.high)
        yield _csv((one.name, *figures, *(one.kinds[kind] for kind in KINDS)))


def _annotators(pair: Pair) -> str:
    return " and ".join(sorted((pair.first.author, pair.second_by), key=str.casefold))


def _words(found: Compared, more: Reread, twice: float, *, missing: int, kept: int) -> str:
    said = [f"{_people(len(found.pairs))} labelled by two who did not know it, {more.waiting} waiting for the second."]
    if missing and twice and kept:
        said.append(f"{missing} more are wanted to fit sigmas.")
    if not kept:
        said.append(
            "People are labelled twice among those of validation, and there are none: keep some on the page Lead."
        )
    elif not twice:
        said.append("Nobody is drawn for it now.")
    return " ".join(said)


def _people(number: int) -> str:
    return "1 person is" if number == 1 else f"{number} people are"


def _known(value: float) -> float | None:
    """JSON knows no NaN: what could not be measured is null."""
    return round(value, 4) if math.isfinite(value) else None


def _csv(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()
