"""Which predicted keypoints a start shows as visible, hidden or absent: as the people of a project call them.

A confidence says how sure a network is of a place. Whether people who label call such a keypoint visible, hidden or
absent, their labels say: two small fits, taken only where they surely spare actions on images that they were not fitted
on.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from sspcm.evaluation.choosing import compare
from sspcm.pose import ABSENT, HIDDEN, VISIBLE
from sspcm.ranking.corrections import LEAST_PERSONS
from sspcm.ranking.logistic import Logistic, fit_logistic

SEEN_ABOVE = 0.2
"""Before any fit a keypoint of this confidence starts as visible, and one below as hidden."""
_STATES = (ABSENT, HIDDEN, VISIBLE)
_ACTIONS = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
"""What correcting a start takes, by what it shows (row) and what is true (column): an absent keypoint is placed first,
as visible; any other is changed. Moving it comes on top of all."""
_OF_CONFIDENCE, _OF_KEYPOINT = 1.0, 4.0
"""Penalties of the fits: few labels say little about a single keypoint."""
_FOLDS = 5
_SURE = 1e-3


@dataclass(frozen=True, eq=False)
class Visibility:
    """How probably a keypoint is placed at all, and visible if it is."""

    placed: Logistic
    visible: Logistic

    def choose(self, confidence: Float[np.ndarray, "P K"]) -> Int[np.ndarray, "P K"]:
        """The state that may be expected to take the fewest actions."""
        numbers = _features(confidence)
        placed = self.placed.probability(numbers).reshape(confidence.shape)
        visible = self.visible.probability(numbers).reshape(confidence.shape)
        states = np.stack([1 - placed, placed * (1 - visible), placed * visible], axis=-1)  # P K 3, as _STATES
        return np.asarray(np.array(_STATES)[(states @ _ACTIONS.T).argmin(-1)])

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            name: {key: np.asarray(value).tolist() for key, value in asdict(fit).items()}
            for name, fit in (("placed", self.placed), ("visible", self.visible))
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Visibility":
        """As `to_json` told it."""
        return cls(**{name: _logistic(fit) for name, fit in told.items()})


def by_confidence(confidence: Float[np.ndarray, "*batch"]) -> Int[np.ndarray, "*batch"]:
    """Before labels: visible where the network is sure; absent where it saw nothing, or does not know the keypoint."""
    return np.where(confidence >= SEEN_ABOVE, VISIBLE, np.where(confidence > 0, HIDDEN, ABSENT))


def actions(shown: Int[np.ndarray, "P K"], truth: Int[np.ndarray, "P K"]) -> Float[np.ndarray, "P"]:
    """What correcting the states alone takes."""
    return np.asarray(_ACTIONS[shown, truth].sum(1))


@dataclass(frozen=True, eq=False)
class Taught:
    """What labels taught, and the same without each fifth of their images: how people of those would have started.

    fold: by image, which of `without` did not learn from it.
    """

    whole: Visibility
    without: tuple[Visibility, ...]
    fold: dict[int, int]

    def unseen(self, image: int) -> Visibility:
        """What was taught without this image's labels."""
        return self.without[self.fold[image]] if image in self.fold else self.whole

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "whole": self.whole.to_json(),
            "without": [one.to_json() for one in self.without],
            "fold": {str(image): fold for image, fold in self.fold.items()},
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Taught":
        """As `to_json` told it."""
        return cls(
            Visibility.from_json(told["whole"]),
            tuple(Visibility.from_json(one) for one in told["without"]),
            {int(image): int(fold) for image, fold in told["fold"].items()},
        )


def teach_visibility(
    confidence: Float[np.ndarray, "P K"], truth: Int[np.ndarray, "P K"], images: Int[np.ndarray, "P"]
) -> Taught | None:
    """From labels whose people the network predicted and did not learn from; None for too few, or no sure gain.

    truth: the labels' visibilities. images: whose people are left out together when the fit is tried, a fifth at a
    time. Sure: the lower one-sided 95 % end of the actions spared a person lies above 0.
    """
    if len(confidence) < LEAST_PERSONS:
        return None
    each, which = np.unique(images, return_inverse=True)
    fold, without = which % _FOLDS, []
    shown = np.empty_like(truth)
    for one in range(_FOLDS):
        own = fold == one
        if not own.any() or own.all():
            return None
        without.append(_fit(confidence[~own], truth[~own]))
        shown[own] = without[-1].choose(confidence[own])
    spared = compare(actions(by_confidence(confidence), truth), actions(shown, truth), images)
    if not spared.low > 0:
        return None
    return Taught(_fit(confidence, truth), tuple(without), {int(image): i % _FOLDS for i, image in enumerate(each)})


def fit_visibility(
    confidence: Float[np.ndarray, "P K"], truth: Int[np.ndarray, "P K"], images: Int[np.ndarray, "P"]
) -> Visibility | None:
    """The same for whoever was not among those labels."""
    taught = teach_visibility(confidence, truth, images)
    return None if taught is None else taught.whole


def _fit(confidence: Float[np.ndarray, "P K"], truth: Int[np.ndarray, "P K"]) -> Visibility:
    numbers, state = _features(confidence), truth.ravel()
    penalty = np.array([_OF_CONFIDENCE, _OF_CONFIDENCE, *[_OF_KEYPOINT] * truth.shape[1]])
    there = state != ABSENT
    if not there.any():
        there = np.ones_like(there)  # nobody placed anything: what is visible is never asked
    return Visibility(
        placed=fit_logistic(numbers, state != ABSENT, penalty=penalty),
        visible=fit_logistic(numbers[there], state[there] == VISIBLE, penalty=penalty),
    )


def _features(confidence: Float[np.ndarray, "P K"]) -> Float[np.ndarray, "N D"]:
    """Of each keypoint: the log odds of its confidence, the person's mean of them, and which keypoint it is."""
    people, keypoints = confidence.shape
    bounded = np.clip(confidence, _SURE, 1 - _SURE)
    odds = np.log(bounded / (1 - bounded))
    mean = np.broadcast_to(odds.mean(1, keepdims=True), odds.shape)
    which = np.broadcast_to(np.eye(keypoints), (people, keypoints, keypoints))
    return np.concatenate([odds[..., None], mean[..., None], which], axis=-1).reshape(people * keypoints, -1)


def _logistic(told: dict[str, Any]) -> Logistic:
    mean, scale, weights = (np.array(told[name], dtype=np.float64) for name in ("mean", "scale", "weights"))
    return Logistic(mean, scale, weights, float(told["intercept"]))
