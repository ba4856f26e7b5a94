"""Which categories of a file are people, and what their keypoints are called."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sspcm.formats.coco.file import OWN_ID, CocoError
from sspcm.formats.complaints import Complaints, carried
from sspcm.formats.plain_values import identity, number, shown, whole
from sspcm.skeletons.sides import mirror_by_name, unpaired_sides
from sspcm.skeletons.skeleton import (
    BUILT_IN,
    Skeleton,
    SkeletonError,
    differences,
    recognise,
    same_keypoints,
    say_pairs,
)

DEFAULT_SIGMA = 0.07
"""For keypoints that no published set measured: about COCO's mean."""
PEOPLE = frozenset(("person", "persons", "people", "human", "humans", "pedestrian", "pedestrians"))
"""Names of categories whose boxes are people, keypoints or not."""

Category = dict[str, Any]
Names = tuple[str, ...]


@dataclass(frozen=True)
class People:
    """Whose annotations are persons, by category id, and the keypoints of those persons.

    people: None where no category says so: everybody is one. own: the category of a person whose own is not listed.
    boxes: of the people, those categories that name no keypoints beside others that do. others: their names.
    """

    skeleton: Skeleton
    names_keypoints: bool
    own: int
    people: frozenset[int] | None
    boxes: frozenset[int]
    others: Mapping[int, str]
    numbers: Mapping[int | str, int]
    """By what a category's id says in the file (`identity`), the number it has here."""


def number_categories(categories: Iterable[Any]) -> tuple[list[Category], dict[int | str, int], list[str]]:
    """The categories as readers take them, each an object with a whole number of its own for its id.

    Also the numbers by what the file calls them, and, in words, what had to be changed.
    """
    entries = [one for one in categories if isinstance(one, dict)]
    wanted = [identity(one.get("id")) for one in entries]
    taken = {one for one in wanted if isinstance(one, int)}
    kept: list[Category] = []
    numbers: dict[int | str, int] = {}
    changed: list[str] = []
    for entry, said in zip(entries, wanted, strict=True):
        if said in numbers and {**entry, "id": numbers[said]} in kept:
            continue
        is_own = isinstance(said, int) and said not in numbers
        fresh = said if isinstance(said, int) and is_own else max(taken, default=0) + 1
        taken.add(fresh)
        own = {OWN_ID: said, **entry} if isinstance(said, str) else entry
        kept.append({**own, "id": fresh})
        meant = kept[-1]
        if said in numbers:  # of two categories under one id
            meant = _rather_meant(_numbered(kept, numbers[said]), meant)
        if said is not None:
            numbers[said] = meant["id"]
        if not is_own:
            changed.append(_tell_number(entry, fresh, meant))
    return kept, numbers, changed


def _tell_number(entry: Category, number: int, meant: Category) -> str:
    said = f"category {shown(entry.get('name'))} has the id {shown(entry.get('id'))}; numbered {number}"
    if identity(entry.get("id")) is None or isinstance(entry["id"], str):
        return said
    return f"{said}, and annotations of that id are taken for {shown(meant.get('name'))}"


def _numbered(categories: Iterable[Category], number: int) -> Category:
    return next(one for one in categories if one["id"] == number)


def _rather_meant(one: Category, other: Category) -> Category:
    """Which of two categories under one id its annotations mean: the order of the two must cost no label."""
    return max(one, other, key=lambda category: (keypoint_names(category) is not None, is_people(category)))


def read_categories(
    entries: Sequence[Any], name: str, complaints: Complaints
) -> tuple[list[Category], dict[int | str, int]]:
    """Every category, numbered, with the fields that can be carried."""
    strange = [one for one in entries if not isinstance(one, dict)]
    if strange:
        complaints.say(f"{name}: {len(strange)} of its categories are no objects ({shown(strange[0])}); left out.")
    whole_ones = [
        carried(one, f"category {shown(one.get('name', one.get('id')))}", complaints, kind="category")
        for one in entries
        if isinstance(one, dict)
    ]
    kept, numbers, changed = number_categories(whole_ones)
    for said in changed:
        complaints.say(f"{name}: {said}; wanted a whole number of its own for each.")
    return kept, numbers


def find_people(
    categories: Sequence[Category],
    numbers: Mapping[int | str, int],
    annotations: Iterable[Any],
    skeleton: Skeleton | None,
    name: str,
    complaints: Complaints,
) -> People:
    """Whose annotations are persons: of the categories that name keypoints, those who share the people's.

    Where they differ, a given skeleton decides; else the name "person"; else most labels. Never the order.
    Raises CocoError where a category makes no skeleton, or names others than a given skeleton's.
    """
    posed = _by_names(categories)
    if not posed:
        _refuse_unreadable(categories, skeleton, name)
        return _boxes_alone(categories, numbers, skeleton)
    names = _choose(posed, numbers, annotations, skeleton, name)
    chosen = posed[names]
    boxes = [one for one in categories if keypoint_names(one) is None and is_people(one)]
    people = frozenset(one["id"] for one in (*chosen, *boxes))
    return People(
        skeleton=skeleton or _make_skeleton(chosen, names, name, complaints),
        names_keypoints=True,
        own=_best(chosen)["id"],
        people=people,
        boxes=frozenset(one["id"] for one in boxes),
        others={one["id"]: _tell_other(one, chosen) for one in categories if one["id"] not in people},
        numbers=numbers,
    )


def person_category(categories: Sequence[Category], keypoints: Names) -> Category | None:
    """The category of people with these keypoints; else one that is named for people and names none; else None."""
    alike = [one for one in categories if same_keypoints(keypoint_names(one) or (), keypoints)]
    named = [one for one in categories if is_people(one) and keypoint_names(one) is None]
    return _best(alike or named) if alike or named else None


def is_people(category: Mapping[str, Any]) -> bool:
    """Whether its name says that its boxes are people."""
    return str(category.get("name")).strip().lower() in PEOPLE


def keypoint_names(category: Mapping[str, Any]) -> Names | None:
    """What its keypoints are called; None where it names none that can be read."""
    names = category.get("keypoints")
    if not isinstance(names, list) or not names:
        return None
    if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in names):
        return None
    return tuple(
        one if isinstance(one, str) else format(one, "x") if one.bit_length() > 64 else str(one) for one in names
    )


def _by_names(categories: Sequence[Category]) -> dict[Names, list[Category]]:
    """The categories that name keypoints, those together who name the same ones, however spelled."""
    posed: dict[Names, list[Category]] = {}
    for category in categories:
        names = keypoint_names(category)
        if names is not None:
            alike = next((known for known in posed if same_keypoints(known, names)), names)
            posed.setdefault(alike, []).append(category)
    return posed


def _refuse_unreadable(categories: Sequence[Category], skeleton: Skeleton | None, name: str) -> None:
    strange = next((one for one in categories if one.get("keypoints")), None)
    if strange is not None and skeleton is None:
        raise CocoError(
            f"{name}: the keypoints of category {shown(strange.get('name'))} make no skeleton: they are "
            f"{shown(strange['keypoints'])}. Wanted a list of distinct names. Mend the category, or give the skeleton "
            "with --skeleton."
        )


def _boxes_alone(categories: Sequence[Category], numbers: Mapping[int | str, int], skeleton: Skeleton | None) -> People:
    """Nobody names keypoints: categories named for people are people; where there is none, all are."""
    named = [one for one in categories if is_people(one)]
    people = frozenset(one["id"] for one in named)
    return People(
        skeleton=skeleton or BUILT_IN["coco-17"],
        names_keypoints=False,
        own=_best(named or list(categories))["id"] if categories else 1,
        people=people if named else None,
        boxes=frozenset(),
        others={one["id"]: _tell_other(one, []) for one in categories if named and one["id"] not in people},
        numbers=numbers,
    )


def _choose(
    posed: Mapping[Names, Sequence[Category]],
    numbers: Mapping[int | str, int],
    annotations: Iterable[Any],
    skeleton: Skeleton | None,
    name: str,
) -> Names:
    if skeleton is not None:
        same = next((names for names in posed if same_keypoints(names, skeleton.keypoints)), None)
        if same is None:
            raise CocoError(_tell_mismatch(posed, skeleton, name))
        return same
    if len(posed) == 1:
        return next(iter(posed))
    used, placing = _count_use(annotations, numbers)
    in_use = [names for names in posed if any(used[one["id"]] for one in posed[names])] or list(posed)
    named = [names for names in in_use if any(map(is_people, posed[names]))]
    return max(named or in_use, key=lambda names: sum(placing[one["id"]] for one in posed[names]))


def _tell_mismatch(posed: Mapping[Names, Sequence[Category]], skeleton: Skeleton, name: str) -> str:
    names = max(posed, key=lambda one: (len(set(one) & set(skeleton.keypoints)), any(map(is_people, posed[one]))))
    strange = [one for one in names if one not in skeleton.keypoints]
    found = f"such as {shown(strange[0])}" if strange else "in another order or number"
    return (
        f"{name} names {len(names)} keypoints, {found}; wanted the {len(skeleton)} of skeleton '{skeleton.name}' "
        f"({', '.join(skeleton.keypoints)}). {_tell_names(names, skeleton)}Give annotations, or a model, of the same "
        "skeleton. A home keeps one: use another home for another one."
    )


def _tell_names(names: Names, skeleton: Skeleton) -> str:
    """What differs in the names, as far as the file's make a skeleton at all."""
    sigmas = (DEFAULT_SIGMA,) * len(names)
    try:
        own = Skeleton("the file's", names, (), mirror_by_name(names), sigmas)
    except SkeletonError:
        return ""
    return f"What differs: {differences(own, skeleton).split('; ')[0]}. "


def _count_use(annotations: Iterable[Any], numbers: Mapping[int | str, int]) -> tuple[Counter[int], Counter[int]]:
    """By category, how many annotations it has, and how many of them place a keypoint."""
    used: Counter[int] = Counter()
    placing: Counter[int] = Counter()
    for one in annotations:
        said = identity(one.get("category_id")) if isinstance(one, dict) else None
        if said is None or said not in numbers:
            continue
        used[numbers[said]] += 1
        values = one.get("keypoints")
        placing[numbers[said]] += isinstance(values, list) and any(number(v) for v in values[2::3])
    return used, placing


def _best(categories: Sequence[Category]) -> Category:
    """The one that is named for people, else the first: their keypoints are the same."""
    return next(filter(is_people, categories), categories[0])


def _tell_other(category: Category, chosen: Sequence[Category]) -> str:
    """What is said of annotations that are no persons, after "2 annotations of"."""
    label = shown(str(category.get("name")))
    names = keypoint_names(category)
    if names is None or not chosen:
        return f"category {label}: no persons; kept for export, never shown."
    same = set(names) == set(keypoint_names(_best(chosen)) or ())
    other = "the same keypoints in another order" if same else f"other keypoints ({len(names)})"
    return (
        f"category {label}: no persons, as they have {other} than category "
        f"{shown(str(_best(chosen).get('name')))}; kept for export, never shown. To label these, "
        "import the file into another home with --skeleton FILE of their keypoints."
    )


def _make_skeleton(chosen: Sequence[Category], names: Names, name: str, complaints: Complaints) -> Skeleton:
    """The built-in skeleton with the same keypoints, else one made from the category."""
    built_in = recognise(names)
    if built_in is not None:
        return built_in
    category = _best(chosen)
    sigmas = (DEFAULT_SIGMA,) * len(names)
    try:
        skeleton = Skeleton(str(category.get("name", "custom")), names, (), mirror_by_name(names), sigmas)
    except SkeletonError as error:
        raise CocoError(
            f"{name}: the keypoints of category {shown(category.get('name'))} make no skeleton: {error} Wanted a list "
            "of distinct names. Mend the category."
        ) from error
    edges = _read_edges(category, names, complaints)
    found = f"{say_pairs(skeleton.pairs)} of left and right found by name"
    none = "0 pairs: give --skeleton FILE to say which are left and right"
    complaints.say(
        f"category {shown(skeleton.name)}: no built-in skeleton has these {len(names)} keypoints; "
        f"{found if skeleton.pairs else none}{_tell_partnerless(names)}; OKS uses sigma {DEFAULT_SIGMA} for each."
    )
    return replace(skeleton, edges=edges)


def _tell_partnerless(names: Names) -> str:
    """The names that look like one side of a pair and found no partner, five at most."""
    alone = unpaired_sides(names)
    more = f" and {len(alone) - 5} more" if len(alone) > 5 else ""
    return f", no partner for {', '.join(map(shown, alone[:5]))}{more}" if alone else ""


def _read_edges(category: Category, names: Names, complaints: Complaints) -> tuple[tuple[int, int], ...]:
    """Edges are a drawing aid: those that name no two keypoints are dropped, and said. Counted from zero here."""
    given = category.get("skeleton")
    if given is None or given == []:
        return ()
    entries = given if isinstance(given, list) else [given]
    places = {one: i + 1 for i, one in enumerate(names)}
    read = [_read_edge(entry, places) for entry in entries]
    ends = [end for edge in read if edge is not None for end in edge]
    start = 0 if ends and min(ends) == 0 and max(ends) < len(names) else 1
    edges = [(e[0] - start, e[1] - start) for e in read if e is not None]
    kept = tuple(edge for edge in edges if all(0 <= end < len(names) for end in edge))
    label = f"category {shown(category.get('name'))}"
    if start == 0:
        complaints.say(f"{label}: its edges count from zero, COCO's from one; read as counted from zero.")
    if len(kept) < len(entries):
        complaints.say(
            f"{label}: {len(entries) - len(kept)} of {len(entries)} edges name no two of its {len(names)} keypoints "
            "(wanted pairs counted from one); they are not drawn, everything else is read."
        )
    return kept


def _read_edge(entry: Any, places: Mapping[str, int]) -> tuple[int, int] | None:
    """As the file counts; names stand for their places, from one."""
    if not isinstance(entry, list) or len(entry) != 2:
        return None
    ends = [places[end] if isinstance(end, str) and end in places else whole(end) for end in entry]
    return (ends[0], ends[1]) if ends[0] is not None and ends[1] is not None else None
