"""Orders that do not repeat themselves: images of high gain, unlike each other and what is labelled; a fair sample."""

import heapq
import math
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
from jaxtyping import Float

FIRST_BATCH = 20
"""Images that begin a pool nobody has labelled anything of: one of each kind."""
HEAD, CANDIDATES = 200, 2000
"""So many places weigh gain against unlikeness, among so many images of highest gain; after them, gain alone."""
UNLIKENESS = 0.3
"""How much being unlike counts, against 0.7 for the gain; both in [0, 1]."""
STRETCH = 20
"""In so many places in a row no camera has more than its share while others wait."""
_ROUNDS_OF_MEANS = 10


def arrange(
    gain: Mapping[int, float],
    features: Mapping[int, Float[np.ndarray, "D"]],
    cameras: Mapping[int, Hashable],
    labelled: Sequence[Float[np.ndarray, "D"]],
) -> list[int]:
    """Every image of `gain` once. labelled: the vectors of images that somebody has labelled.

    Where there are none, a first batch has one image of each kind: of each cluster's inner half the one of highest
    gain. Then come images of high gain that are unlike all before them. No camera has more than its share, the
    stretch's length by the number of cameras that still have images, of any `STRETCH` places.
    """
    by_gain = sorted(gain, key=lambda i: (-gain[i], i))
    candidates, rest = by_gain[:CANDIDATES], by_gain[CANDIDATES:]
    if not candidates:
        return []
    turns = Turns(cameras, by_gain)
    vectors = np.stack([features[i] for i in candidates]).astype(np.float64)
    order = [] if labelled else _first_batch(candidates, vectors, gain, turns)
    order += _trade_off(candidates, vectors, gain, labelled, turns, done=order)
    placed = set(order)
    return order + turns.in_turn([i for i in candidates if i not in placed] + rest)


def fair_sample(images: Iterable[int], cameras: Mapping[int, Hashable], *, seed: int) -> list[int]:
    """Every image once, by lot, but for the cameras' turns: any stretch of it looks like the whole.

    An image's lot is its own: others that leave or come change nothing between those that stay.
    """
    order = sorted(images, key=lambda i: (_lot(seed, i), i))
    return Turns(cameras, order).in_turn(order)


def _lot(seed: int, image: int) -> int:
    return int(np.random.SeedSequence([seed, image]).generate_state(1, np.uint64)[0])


class Turns:
    """Whose turn it is: which cameras stood in the last places, and which still have images."""

    def __init__(self, cameras: Mapping[int, Hashable], images: Sequence[int]) -> None:
        self._camera = cameras
        self._left = Counter(cameras[i] for i in images)
        self._last: deque[Hashable] = deque(maxlen=STRETCH - 1)
        self._recent: Counter[Hashable] = Counter()

    def may(self, image: int) -> bool:
        """Whether its camera has less than its share of the stretch that this place would end."""
        return self._recent[self._camera[image]] < self._share

    def take(self, image: int) -> None:
        """The image has the next place."""
        camera = self._camera[image]
        self._left[camera] -= 1
        if not self._left[camera]:
            del self._left[camera]
        if len(self._last) == STRETCH - 1:
            self._recent[self._last[0]] -= 1
        self._last.append(camera)
        self._recent[camera] += 1

    def in_turn(self, images: Sequence[int]) -> list[int]:
        """The images in their order, but for those whose camera has to wait."""
        queues: dict[Hashable, deque[tuple[int, int]]] = {}
        for place, image in enumerate(images):
            queues.setdefault(self._camera[image], deque()).append((place, image))
        heads = [queue[0] for queue in queues.values()]
        heapq.heapify(heads)
        order: list[int] = []
        while heads:
            held = []
            while heads and not self.may(heads[0][1]):
                held.append(heapq.heappop(heads))
            _, image = heapq.heappop(heads) if heads else held.pop(0)
            self.take(image)
            order.append(image)
            queue = queues[self._camera[image]]
            queue.popleft()
            for head in held + ([queue[0]] if queue else []):
                heapq.heappush(heads, head)
        return order

    @property
    def _share(self) -> int:
        return math.ceil(STRETCH / max(len(self._left), 1))


def _first_batch(
    images: Sequence[int], vectors: Float[np.ndarray, "N D"], gain: Mapping[int, float], turns: Turns
) -> list[int]:
    """One image of each kind, the largest kind first."""
    centres, nearest = _means(vectors, min(FIRST_BATCH, len(images)))
    apart = ((vectors - centres[nearest]) ** 2).sum(1)
    order: list[int] = []
    for cluster in sorted(range(len(centres)), key=lambda c: (-int((nearest == c).sum()), c)):
        members = np.flatnonzero(nearest == cluster)
        inner = members[np.argsort(apart[members], kind="stable")][: math.ceil(len(members) / 2)]
        found = [images[int(m)] for m in inner if turns.may(images[int(m)])]
        if found:
            best = max(found, key=lambda i: (gain[i], -i))
            turns.take(best)
            order.append(best)
    return order


def _means(vectors: Float[np.ndarray, "N D"], count: int) -> tuple[Float[np.ndarray, "C D"], np.ndarray]:
    """k-means from vectors that lie far apart: the centres that have members, and whose each vector is."""
    centres = vectors[farthest_first(vectors, limit=count)]
    for _ in range(_ROUNDS_OF_MEANS):
        nearest = _squared(vectors, centres).argmin(1)
        kept = np.unique(nearest)
        centres = np.stack([vectors[nearest == c].mean(0) for c in kept])
    return centres, _squared(vectors, centres).argmin(1)


def _trade_off(
    images: Sequence[int],
    vectors: Float[np.ndarray, "N D"],
    gain: Mapping[int, float],
    labelled: Sequence[Float[np.ndarray, "D"]],
    turns: Turns,
    *,
    done: Sequence[int],
) -> list[int]:
    """The next places of the head: gain, and how unlike everything before an image is."""
    place = {image: row for row, image in enumerate(images)}
    before = [*labelled, *(vectors[place[i]] for i in done)]
    farthest = math.sqrt(2 * vectors.shape[1])  # between unrelated images: each number has mean 0 and variance 1
    nearest = np.full(len(images), farthest**2)
    if before:
        nearest = np.minimum(nearest, _squared(vectors, np.stack(before).astype(np.float64)).min(1))
    worth = np.array([gain[i] for i in images])
    worth = worth / max(float(worth.max()), 1e-12)
    free = np.ones(len(images), bool)
    free[[place[i] for i in done]] = False
    order: list[int] = []
    while free.any() and len(done) + len(order) < HEAD:
        value = (1 - UNLIKENESS) * worth + UNLIKENESS * np.sqrt(nearest) / farthest
        may = free & np.array([turns.may(i) for i in images])
        chosen = int(np.where(may if may.any() else free, value, -1.0).argmax())
        turns.take(images[chosen])
        order.append(images[chosen])
        free[chosen] = False
        nearest = np.minimum(nearest, _squared(vectors, vectors[chosen][None])[:, 0])
    return order


def farthest_first(vectors: Float[np.ndarray, "N D"], *, limit: int) -> list[int]:
    """Rows by greedy k-centre, each the farthest from those before it, the first from the mean; ties take the first."""
    vectors = (vectors - vectors.mean(0)).astype(np.float32)
    squares = (vectors**2).sum(-1)

    def squared_distances(row: int) -> Float[np.ndarray, "N"]:
        # One product of a matrix and a vector: the plain difference would write N x D numbers an image.
        return np.asarray(np.maximum(squares - 2 * (vectors @ vectors[row]) + squares[row], 0.0))

    order = [int(squares.argmax())]
    nearest = squared_distances(order[0])
    nearest[order[0]] = -1.0
    while len(order) < min(limit, len(vectors)):
        chosen = int(nearest.argmax())
        order.append(chosen)
        nearest = np.minimum(nearest, squared_distances(chosen))
        nearest[chosen] = -1.0  # below every distance: never again, even among images that are alike
    return order


def _squared(one: Float[np.ndarray, "N D"], two: Float[np.ndarray, "C D"]) -> Float[np.ndarray, "N C"]:
    """The squared distance of each of one to each of two."""
    apart = (one**2).sum(1)[:, None] - 2 * (one @ two.T) + (two**2).sum(1)[None]
    return np.asarray(np.maximum(apart, 0.0))
