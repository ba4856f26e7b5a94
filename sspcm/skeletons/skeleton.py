"""What a person's keypoints are called, how they join, mirror, and how exactly people place them."""

import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from sspcm.skeletons.sides import mirror_by_name

LARGEST_SIGMA = 10.0
"""A keypoint that people place ten body sizes apart says nothing: such a number is a slip of the pen."""


class SkeletonError(ValueError):
    """A skeleton that contradicts itself, or a name that no skeleton has."""


@dataclass(frozen=True)
class Skeleton:
    """Named keypoints of one kind of body.

    mirror: permutation of length K, its own inverse: `mirror[i]` is the keypoint that i becomes in a mirror.
    sigmas: OKS standard deviations per keypoint, as fractions of the square root of the person's area.
    edges: pairs of keypoint indices, zero-based, drawn as limbs.
    """

    name: str
    keypoints: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    mirror: tuple[int, ...]
    sigmas: tuple[float, ...]

    def __post_init__(self) -> None:
        count = len(self.keypoints)
        if count == 0 or len(set(self.keypoints)) != count:
            raise SkeletonError(f"skeleton '{self.name}' needs distinct keypoint names; found {list(self.keypoints)}.")
        if sorted(self.mirror) != list(range(count)) or any(self.mirror[self.mirror[i]] != i for i in range(count)):
            raise SkeletonError(
                f"skeleton '{self.name}': mirror must be a permutation of 0..{count - 1} that is its own inverse; "
                f"found {list(self.mirror)}. Give each left keypoint the index of its right one and the reverse."
            )
        if len(self.sigmas) != count or not all(0 < sigma <= LARGEST_SIGMA for sigma in self.sigmas):
            raise SkeletonError(
                f"skeleton '{self.name}' needs {count} positive sigmas, one a keypoint, none above {LARGEST_SIGMA:g}; "
                f"found {list(self.sigmas)}. "
                "Where none were measured, 0.07 is about COCO's mean."
            )
        if any(not (0 <= a < count and 0 <= b < count) for a, b in self.edges):
            raise SkeletonError(
                f"skeleton '{self.name}': an edge leaves 0..{count - 1}: {list(self.edges)}. "
                "Edges count from zero here, from one in COCO files."
            )

    def __len__(self) -> int:
        return len(self.keypoints)

    @property
    def pairs(self) -> int:
        """How many left-right pairs the mirror exchanges; 0 where every keypoint is its own mirror image."""
        return sum(self.mirror[i] > i for i in range(len(self)))

    @property
    def sigma_array(self) -> Float[np.ndarray, "K"]:
        """The sigmas as an array."""
        return np.asarray(self.sigmas, dtype=np.float64)

    @property
    def mirror_array(self) -> Int[np.ndarray, "K"]:
        """The mirror permutation as an index array."""
        return np.asarray(self.mirror, dtype=np.int64)

    def spoken(self, keypoint: int) -> str:
        """The keypoint's name as a person would say it: "left ankle"."""
        return self.keypoints[keypoint].replace("_", " ").replace("-", " ")

    def to_json(self) -> dict[str, Any]:
        """Plain data that `from_json` reads back to an equal skeleton."""
        return {
            "name": self.name,
            "keypoints": list(self.keypoints),
            "edges": [list(edge) for edge in self.edges],
            "mirror": list(self.mirror),
            "sigmas": list(self.sigmas),
        }

    @classmethod
    def from_json(cls, data: Any) -> "Skeleton":
        """Build from plain data; raises SkeletonError naming the missing or contradictory part."""
        if not isinstance(data, dict):
            raise SkeletonError(
                f"a skeleton is an object with name, keypoints, edges...; found {type(data).__name__}. "
                "Give one object, as `skeleton show --json` prints it."
            )
        missing = [key for key in _FIELDS if key not in data]
        if missing:
            raise SkeletonError(
                f"a skeleton has {', '.join(map(str, data)) or 'nothing':.200}; wanted {', '.join(missing)} as well. "
                "Add what is missing."
            )
        name = _text(data["name"], "the skeleton's name")
        try:
            return cls(
                name=name,
                keypoints=tuple(_text(one, "a keypoint's name") for one in _listed(data["keypoints"], "keypoints")),
                edges=tuple(_edge(one) for one in _listed(data["edges"], "edges")),
                mirror=tuple(_index(one, "mirror") for one in _listed(data["mirror"], "mirror")),
                sigmas=tuple(_number(one, "sigmas") for one in _listed(data["sigmas"], "sigmas")),
            )
        except SkeletonError as error:
            raise SkeletonError(str(error) if name in str(error) else f"skeleton '{name}': {error}") from error


_FIELDS = ("name", "keypoints", "edges", "mirror", "sigmas")
SHOWN_BESIDE = ("pairs", "no_partner", "sides")
"""What `skeleton show --json` says beside a skeleton's own fields; a file may hold it, and it says nothing there."""


def _listed(value: Any, field: str) -> Sequence[Any]:
    if isinstance(value, list | tuple):
        return value
    raise SkeletonError(
        f"{field} is {value!r:.60}; wanted a list: of names (keypoints), of pairs of indices (edges), of indices "
        f"(mirror), of numbers (sigmas). Write {field} as a list."
    )


def _text(value: Any, what: str) -> str:
    if isinstance(value, str):
        return value
    raise SkeletonError(f"{what} is {value!r:.60}; wanted text. Put it in quotes.")


def _index(value: Any, field: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise SkeletonError(
        f"{field} holds {value!r:.60}; wanted indices, whole numbers that count the keypoints from zero. Correct it."
    )


def _edge(value: Any) -> tuple[int, int]:
    if isinstance(value, list | tuple) and len(value) == 2:
        return _index(value[0], "edges"), _index(value[1], "edges")
    raise SkeletonError(
        f"edges holds {value!r:.60}; wanted pairs of indices that count the keypoints from zero, such as [0, 1]. "
        "Correct it."
    )


def _number(value: Any, field: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            pass
    raise SkeletonError(f"{field} holds {value!r:.60}; wanted numbers, such as 0.07. Correct it.")


# --- built-in, or a file -----------------------------------------------------------------------------------------

DEFAULT_SIGMA = 0.07
"""For keypoints that no published set measured: about COCO's mean."""
MOST_BYTES = 1_000_000
"""A skeleton's file is not larger: a thousand keypoints take about 60,000."""


def get_skeleton(name_or_path: str) -> Skeleton:
    """A built-in skeleton by name, or one read from a .toml or .json file.

    A file needs name and keypoints. Without `mirror`, left and right are paired by the keypoints' names; without
    `sigmas`, each is DEFAULT_SIGMA; without `edges` there are none. Raises SkeletonError.
    """
    if name_or_path in BUILT_IN:
        return BUILT_IN[name_or_path]
    path = Path(name_or_path)
    try:
        if path.suffix.lower() in (".toml", ".json") or path.exists():
            return _read_skeleton(path)
    except (OSError, ValueError) as error:  # a name too long, or with a NUL: no file's
        if isinstance(error, SkeletonError):
            raise
    near = get_close_matches(name_or_path, BUILT_IN, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else "Give one of these, or the path of a .toml or .json file."
    raise SkeletonError(f"no skeleton {name_or_path!r:.80} (there are: {', '.join(BUILT_IN)}). {hint}")


def _read_skeleton(path: Path) -> Skeleton:
    if path.is_dir():
        raise SkeletonError(f"{path} is a folder; wanted a skeleton's .toml or .json file. Give the file in it.")
    if path.suffix.lower() not in (".toml", ".json"):
        raise SkeletonError(
            f"{path.name} ends in {path.suffix or 'nothing'!r}; wanted a skeleton's file that ends in .toml or .json. "
            "Rename it to what it holds."
        )
    data = _parse(path)
    try:
        return Skeleton.from_json(_completed(data) if isinstance(data, dict) else data)
    except SkeletonError as error:
        raise SkeletonError(f"{path.name}: {error}") from error


def _parse(path: Path) -> Any:
    kind = path.suffix[1:].upper()
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise SkeletonError(
                f"{path.name} is larger than {MOST_BYTES:,} bytes; wanted a skeleton, which is smaller. "
                "Give the skeleton's own file: annotations go in with --annotations."
            )
        return (tomllib.loads if kind == "TOML" else json.loads)(content.decode("utf-8-sig"))
    except OSError as error:
        raise SkeletonError(
            f"{path} cannot be read ({error.strerror}); wanted a skeleton's file. Give the path of one that is there."
        ) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, SkeletonError):
            raise
        said = "it is nested too deep" if isinstance(error, RecursionError) else f"{error}"
        raise SkeletonError(
            f"{path.name} is not readable {kind}: {said:.200}; wanted name and keypoints, and if you like edges, "
            "mirror and sigmas. Correct it or write it again."
        ) from error


def _completed(data: dict[str, Any]) -> dict[str, Any]:
    """A file's fields with what it may leave out."""
    data = {key: value for key, value in data.items() if key not in SHOWN_BESIDE}
    unknown = [key for key in data if key not in _FIELDS]
    if unknown:
        near = get_close_matches(unknown[0], _FIELDS, n=1)
        raise SkeletonError(
            f"a skeleton has no field {unknown[0]!r:.60}; wanted {', '.join(_FIELDS)}. "
            + (f"Did you mean '{near[0]}'?" if near else "Leave it out.")
        )
    given = data.get("keypoints")
    if given is None:
        return data
    names = [name for name in given if isinstance(name, str)] if isinstance(given, list) else []
    _check_writable([*names, *(value for value in (data.get("name"),) if isinstance(value, str))])
    made = {"edges": [], "mirror": list(mirror_by_name(names)), "sigmas": [DEFAULT_SIGMA] * len(names)}
    return {**made, **data}


def _check_writable(names: Sequence[str]) -> None:
    """Names that a store, a page and another program can show."""
    for name in names:
        if not name.strip() or not name.isprintable():
            raise SkeletonError(
                f"a name is {name!r:.60}; wanted letters, digits and the like. Give every keypoint, and the skeleton, "
                "a name that can be read."
            )


# --- two skeletons beside each other -------------------------------------------------------------------------------


def spelling(name: str) -> str:
    """What stays of a keypoint's name where only case, spaces, underscores, hyphens and camel case differ.

    "left_eye", "Left Eye", "left-eye" and "leftEye" are all "lefteye"; numbers that stand apart stay apart.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _BETWEEN.sub("", _BETWEEN_DIGITS.sub("_", plain).strip()) or name


_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s_\-\u2010-\u2015]+(?=\d)")
_BETWEEN = re.compile(r"(?<!\d)[\s_\-\u2010-\u2015]+|[\s_\-\u2010-\u2015]+(?!\d)")


def same_keypoints(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether both name the same keypoints in the same order, however these are spelled."""
    return match_keypoints(one, other) == tuple(range(len(one)))


def match_keypoints(wanted: Sequence[str], given: Sequence[str]) -> tuple[int, ...] | None:
    """Where each wanted keypoint stands among the given ones; None unless both name the same keypoints."""
    known = [place for place in find_keypoints(wanted, given) if place is not None]
    return tuple(known) if len(set(known)) == len(wanted) == len(given) else None


def find_keypoints(wanted: Sequence[str], given: Sequence[str]) -> list[int | None]:
    """Where each wanted keypoint stands among the given ones, None where it does not.

    Names are matched exactly, else by their `spelling` where only one keypoint of each list has it.
    """
    places = [_by_spelling(names) for names in (wanted, given)]
    exact = {name: i for i, name in enumerate(given)}
    return [exact.get(name, _only(places, spelling(name))) for name in wanted]


def _by_spelling(names: Sequence[str]) -> dict[str, int]:
    """Where each spelling stands; one that several names share is left out."""
    counts = Counter(map(spelling, names))
    return {spelling(name): i for i, name in enumerate(names) if counts[spelling(name)] == 1}


def _only(places: Sequence[dict[str, int]], spelled: str) -> int | None:
    wanted, given = places
    return given.get(spelled) if spelled in wanted else None


def in_order_of(own: Skeleton, other: Skeleton) -> Skeleton:
    """`other` with its keypoints spelled and ordered as `own` has them; mirror, sigmas and edges go along.

    Raises SkeletonError, naming what differs, where these are other keypoints.
    """
    places = match_keypoints(own.keypoints, other.keypoints)
    if places is None:
        raise SkeletonError(
            f"these are other keypoints: {_keypoint_difference(own, other)}; wanted the {len(own)} of '{own.name}': "
            f"{', '.join(own.keypoints)}. Give a skeleton of the same keypoints."
        )
    to = {place: i for i, place in enumerate(places)}
    return Skeleton(
        name=other.name,
        keypoints=own.keypoints,
        edges=tuple((to[a], to[b]) for a, b in other.edges),
        mirror=tuple(to[other.mirror[place]] for place in places),
        sigmas=tuple(other.sigmas[place] for place in places),
    )


def recognise(keypoints: Sequence[str]) -> Skeleton | None:
    """The built-in skeleton of these keypoints with its mirror, sigmas and edges, the names spelled as given here.

    None where no built-in skeleton has the same keypoints in the same order.
    """
    names = tuple(keypoints)
    same = (one for one in BUILT_IN.values() if same_keypoints(one.keypoints, names))
    return next((replace(one, keypoints=names) for one in same), None)


def differences(one: Skeleton, other: Skeleton) -> str:
    """What differs, as "x against y" with `one` first: keypoints, else spelling, mirror, edges, sigmas, name.

    Empty where the two are equal.
    """
    return "; ".join(filter(None, [_keypoint_difference(one, other), *_other_differences(one, other)]))


def _keypoint_difference(one: Skeleton, other: Skeleton) -> str:
    """Names that only one has, another order, or another spelling."""
    if one.keypoints == other.keypoints:
        return ""
    if same_keypoints(one.keypoints, other.keypoints):
        apart = [(a, b) for a, b in zip(one.keypoints, other.keypoints, strict=True) if a != b]
        return f"spelling: {apart[0][0]!r} against {apart[0][1]!r}{_and_more(len(apart) - 1)}"
    if match_keypoints(one.keypoints, other.keypoints):
        place = next(i for i in range(len(one)) if spelling(one.keypoints[i]) != spelling(other.keypoints[i]))
        return f"order: keypoint {place + 1} is {one.keypoints[place]!r} against {other.keypoints[place]!r}"
    counted = f"{len(one)} keypoints against {len(other)}" if len(one) != len(other) else "names"
    first, second = (repr(one.name), repr(other.name)) if one.name != other.name else ("the first", "the second")
    return f"{counted}: {_alone(one, other)} only in {first}, {_alone(other, one)} only in {second}"


def _alone(one: Skeleton, other: Skeleton) -> str:
    """Names that the first has alone, three at most."""
    known = {*other.keypoints, *map(spelling, other.keypoints)}
    alone = [name for name in one.keypoints if name not in known and spelling(name) not in known]
    return ", ".join(map(repr, alone[:3])) + _and_more(len(alone) - 3) if alone else "no name"


def _and_more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _other_differences(one: Skeleton, other: Skeleton) -> list[str]:
    said = []
    if one.mirror != other.mirror and len(one) == len(other):
        said.append(f"mirror: {say_pairs(one.pairs)} against {say_pairs(other.pairs)}")
    if {frozenset(edge) for edge in one.edges} != {frozenset(edge) for edge in other.edges}:
        said.append(f"edges: {len(one.edges)} against {len(other.edges)}")
    if one.sigmas != other.sigmas and len(one) == len(other):
        apart = [i for i in range(len(one)) if one.sigmas[i] != other.sigmas[i]]
        first = apart[0]
        more = _and_more(len(apart) - 1)
        said.append(f"sigmas: {one.sigmas[first]:g} against {other.sigmas[first]:g} for {one.keypoints[first]!r}{more}")
    if one.name != other.name:
        said.append(f"name: {one.name!r} against {other.name!r}")
    return said


def say_pairs(pairs: int) -> str:
    """The number of left-right pairs in words: "11 pairs"."""
    return "1 pair" if pairs == 1 else f"{pairs} pairs"


def _skeleton(name: str, keypoints: str, edges: str, sigmas: tuple[float, ...]) -> Skeleton:
    names = tuple(keypoints.split())
    pairs = tuple((int(a), int(b)) for a, b in (edge.split("-") for edge in edges.split()))
    return Skeleton(name, names, pairs, mirror_by_name(names), sigmas)


# Sigmas of COCO, MPII's are not published: PCKh is its metric; these follow the matching COCO keypoints.
_COCO = _skeleton(
    "coco-17",
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist "
    "right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle",
    "15-13 13-11 16-14 14-12 11-12 5-11 6-12 5-6 5-7 6-8 7-9 8-10 1-2 0-1 0-2 1-3 2-4 3-5 4-6",
    (.026, .025, .025, .035, .035, .079, .079, .072, .072, .062, .062, .107, .107, .087, .087, .089, .089),
)  # fmt: skip
# AI Challenger order; method.md section 9 gives the links and the sigmas of the authors' evaluator.
_WEPDTOF = _skeleton(
    "wepdtof-14",
    "right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist right_hip right_knee right_ankle "
    "left_hip left_knee left_ankle head_top neck",
    "2-1 1-0 0-13 13-3 3-4 4-5 8-7 7-6 6-9 9-10 10-11 12-13 0-6 3-9",
    (.079, .072, .062, .079, .072, .062, .107, .087, .089, .107, .087, .089, .026, .026),
)  # fmt: skip
_MPII = _skeleton(
    "mpii-16",
    "right_ankle right_knee right_hip left_hip left_knee left_ankle pelvis thorax upper_neck head_top right_wrist "
    "right_elbow right_shoulder left_shoulder left_elbow left_wrist",
    "0-1 1-2 2-6 6-3 3-4 4-5 6-7 7-8 8-9 10-11 11-12 12-7 7-13 13-14 14-15",
    (.089, .087, .107, .107, .087, .089, .107, .079, .026, .026, .062, .072, .079, .079, .072, .062),
)  # fmt: skip
_CROWDPOSE = _skeleton(
    "crowdpose-14",
    "left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist left_hip right_hip left_knee "
    "right_knee left_ankle right_ankle head_top neck",
    "13-12 13-0 13-1 0-2 2-4 1-3 3-5 13-6 13-7 6-8 8-10 7-9 9-11 6-7",
    (.079, .079, .072, .072, .062, .062, .107, .107, .087, .087, .089, .089, .079, .079),
)  # fmt: skip

BUILT_IN: dict[str, Skeleton] = {s.name: s for s in (_COCO, _WEPDTOF, _MPII, _CROWDPOSE)}
