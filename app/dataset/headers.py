"""What a further COCO file says besides its images and annotations, told beside the home's own.

Licences, videos, scenes and other lists have ids that images and annotations point at: the same content under the same
id is shared, a clash is renumbered with everything that points there. What has no ids and differs waits in FURTHER.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.dataset.categories import adopt_categories
from sspcm.formats.coco.reading import KEPT_ASIDE, CocoFile
from sspcm.formats.plain_values import identity, shown

FURTHER = "further_headers"
"""The header's field with what further files say otherwise than the first: their info, and the like."""

Fields = dict[str, Any]
Moves = dict[int | str, int | str]
"""By an id in the file, the one it has in the home."""


def adopt_header(
    coco: CocoFile, home: Mapping[str, Any], pointing: Callable[[], Iterable[Fields]]
) -> tuple[CocoFile, Fields, tuple[str, ...]]:
    """The file as one of the home's, the home's header with what it adds, and complaints of what could not be joined.

    pointing: gives the fields of everything in the home that may point at a list of the header; asked only where the
    file brings something new.
    """
    coco, categories, otherwise = adopt_categories(coco, _list(home.get("categories")))
    header: Fields = {**home, "categories": categories}
    moves: dict[str, Moves] = {}
    for key in _lists(coco.header, home):
        entries = [_point(one, moves) for one in coco.header[key]]
        header[key], moves[key] = _join(_list(home.get(key)), entries, _Pointing(_pointers(key), coco, pointing))
    apart: Fields = {"categories": otherwise} if otherwise else {}
    for key, value in coco.header.items():
        if key in header and header[key] != value and key not in (*moves, "categories", FURTHER):
            apart[key] = value
        elif key not in moves:
            header.setdefault(key, value)
    further = [*_list(coco.header.get(FURTHER)), *([apart] if apart else [])]
    new = [one for one in further if one not in _list(home.get(FURTHER))]
    if new:
        header[FURTHER] = [*_list(home.get(FURTHER)), *new]
    return _follow(coco, moves), header, (_tell_apart(apart),) if apart else ()


def _tell_apart(apart: Fields) -> str:
    named = [
        f"category {shown(one['name'])} ({', '.join(shown(key) for key in one if key != 'name') or 'its name'})"
        for one in apart.get("categories", ())
    ]
    named += [shown(key) for key in apart if key != "categories"]
    one = len(named) == 1
    return (
        f"the file's {', '.join(named)} {'differs' if one else 'differ'} from the home's, which "
        f"{'stays' if one else 'stay'}; kept in the export's '{FURTHER}'."
    )


def _lists(header: Fields, home: Mapping[str, Any]) -> list[str]:
    """The lists with ids, those first that point at none of the others."""
    keys = [
        key
        for key, value in header.items()
        if key != "categories" and _has_ids(value) and (key not in home or _has_ids(home[key]))
    ]

    def points(key: str) -> int:
        others = {name for other in keys if other != key for name in _pointers(other)}
        return sum(any(name in one for one in header[key]) for name in others)

    return sorted(keys, key=points)  # what is pointed at is renumbered before what points there


@dataclass(frozen=True)
class _Pointing:
    """What may point at a list: the fields' names, the file, and everything in the home."""

    names: tuple[str, ...]
    coco: CocoFile
    at_home: Callable[[], Iterable[Fields]]

    def of_file(self) -> set[int | str]:
        """The ids that the file's images and annotations point at."""
        return self._said(_fields_of(self.coco))

    def of_home(self) -> set[int | str]:
        """The ids that the home's do."""
        return self._said(self.at_home())

    def _said(self, fields: Iterable[Fields]) -> set[int | str]:
        found = (identity(one[name]) for one in fields for name in self.names if name in one)
        return {one for one in found if one is not None}


def _join(known: Sequence[Any], added: Sequence[Fields], pointing: _Pointing) -> tuple[list[Any], Moves]:
    """The home's list with the file's entries, and where each of these stands now.

    An id that the file points at though it lists nothing under it never comes to mean an entry of the home.
    """
    at_home = {_id(one): _content(one) for one in known if _is_entry(one)}
    # reversed: of equal ones the first stays
    by_content = {content: said for said, content in reversed(at_home.items())}
    own = {_id(one): one for one in added}
    shared = {said: _content(one) for said, one in own.items() if _content(one) in by_content}
    moves = {said: said if at_home.get(said) == content else by_content[content] for said, content in shared.items()}
    new = {said: one for said, one in own.items() if said not in shared}
    adrift = [said for said in pointing.of_file() if said in at_home and said not in own]
    if new or adrift:
        taken = {*at_home, *pointing.of_home()}
        for said in (*new, *adrift):
            # nor one of the file's that is still to come
            moves[said] = _free(said, {*taken, *own}) if said in taken else said
            taken.add(moves[said])
    joined = [one if moves[said] == said else {**one, "id": moves[said]} for said, one in new.items()]
    return [*known, *joined], moves


def _free(said: int | str, taken: Iterable[int | str]) -> int | str:
    if isinstance(said, int):
        # beyond, numbers are not what every reader can hold
        return max([0, *(one for one in taken if isinstance(one, int) and one < 2**62)]) + 1
    known, number = set(taken), 2
    while f"{said}-{number}" in known:
        number += 1
    return f"{said}-{number}"


def _content(entry: Fields) -> str:
    """What it says, its id aside, as text that can be looked up."""
    return json.dumps({key: value for key, value in entry.items() if key != "id"}, sort_keys=True)


def _id(entry: Fields) -> int | str:
    said = identity(entry["id"])
    assert said is not None, "asked of entries only"
    return said


def _is_entry(value: Any) -> bool:
    return isinstance(value, dict) and identity(value.get("id")) is not None


def _pointers(key: str) -> tuple[str, ...]:
    """The fields that point at a list: of licenses, license and license_id."""
    one = key[:-3] + "y" if key.endswith("ies") else key.removesuffix("s")
    return (one, f"{one}_id") if one != key else (f"{one}_id",)


def _has_ids(value: Any) -> bool:
    """Whether it is a list of objects that can be pointed at."""
    return isinstance(value, list) and bool(value) and all(map(_is_entry, value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _fields_of(coco: CocoFile) -> Iterable[Fields]:
    """Of every image, everything kept aside and every person."""
    for image in coco.images:
        yield image.extra
        yield from image.extra.get(KEPT_ASIDE, ())
    yield from (one.person.extra for one in coco.persons)


def _follow(coco: CocoFile, moves: Mapping[str, Moves]) -> CocoFile:
    """The file with everything that points at a moved entry pointing there still."""
    if all(said == number for known in moves.values() for said, number in known.items()):
        return coco
    images = tuple(replace(image, extra=_point_image(image.extra, moves)) for image in coco.images)
    persons = tuple(
        replace(one, person=replace(one.person, extra=_point(one.person.extra, moves))) for one in coco.persons
    )
    return replace(coco, images=images, persons=persons)


def _point_image(extra: Fields, moves: Mapping[str, Moves]) -> Fields:
    moved = _point(extra, moves)
    if KEPT_ASIDE in moved:
        moved[KEPT_ASIDE] = [_point(one, moves) for one in moved[KEPT_ASIDE]]
    return moved


def _point(fields: Fields, moves: Mapping[str, Moves]) -> Fields:
    moved = dict(fields)
    for key, known in moves.items():
        for name in _pointers(key):
            said = identity(moved[name]) if name in moved else None
            if said is not None and known.get(said, said) != said:
                moved[name] = known[said]
    return moved
