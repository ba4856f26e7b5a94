"""A small logistic regression: the probability of a yes, from a few numbers."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

_STEPS = 50
_STEEPEST = 30.0


@dataclass(frozen=True, eq=False)
class Logistic:
    """A fit: what the features are reduced by and multiplied with. The intercept is not penalised."""

    mean: Float[np.ndarray, "D"]
    scale: Float[np.ndarray, "D"]
    weights: Float[np.ndarray, "D"]
    intercept: float

    def probability(self, features: Float[np.ndarray, "N D"]) -> Float[np.ndarray, "N"]:
        """Of a yes, in (0, 1)."""
        return sigmoid((features - self.mean) / self.scale @ self.weights + self.intercept)


def sigmoid(logit: Float[np.ndarray, "*batch"]) -> Float[np.ndarray, "*batch"]:
    """The probability of a log odds; never 0 nor 1."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logit, -_STEEPEST, _STEEPEST))))


def fit_logistic(
    features: Float[np.ndarray, "N D"], positive: Bool[np.ndarray, "N"], *, penalty: Float[np.ndarray, "D"]
) -> Logistic:
    """The weights of the highest penalised likelihood, by Newton's steps, each halved until it gains.

    penalty: of each squared weight, for features of unit variance. Where all answers are the same the intercept says
    so, and no feature counts for much.
    """
    mean, scale = features.mean(0), features.std(0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    design = np.column_stack([(features - mean) / scale, np.ones(len(features))])
    target = positive.astype(np.float64)
    curb = np.append(penalty, 1e-3)  # the intercept stays bounded where there is one answer only

    def loss(w: Float[np.ndarray, "D1"]) -> float:
        logit = design @ w
        return float(np.logaddexp(0.0, logit).sum() - target @ logit + 0.5 * curb @ w**2)

    w = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        p = sigmoid(design @ w)
        gradient = design.T @ (p - target) + curb * w
        curvature = (design.T * (p * (1 - p))) @ design + np.diag(curb)
        step, before, share = np.linalg.solve(curvature, gradient), loss(w), 1.0
        while share > 1e-4 and loss(w - share * step) > before:
            share /= 2
        w = w - share * step
        if np.abs(share * step).max() < 1e-8:
            break
    return Logistic(mean=mean, scale=scale, weights=w[:-1], intercept=float(w[-1]))
