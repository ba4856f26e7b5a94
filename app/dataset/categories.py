"""The categories of a further COCO file, told in those of the home: files number them as they like."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sspcm.formats.coco.categories import is_people, keypoint_names
from sspcm.formats.coco.reading import KEPT_ASIDE, OWN_ID, CocoFile, CocoImage, CocoPerson
from sspcm.formats.plain_values import identity
from sspcm.skeletons.skeleton import same_keypoints

Ids = dict[int | str, Any]
NOTHING: tuple[Any, ...] = (None, "", [])
"""Values that say nothing."""


def adopt_categories(coco: CocoFile, home: Sequence[Any]) -> tuple[CocoFile, list[Any], list[dict[str, Any]]]:
    """The file with its annotations in the home's categories, these with what the file adds, and what it says of them
    otherwise than the home: by category its name and those fields.

    A category is the home's of the same name, whatever its number. The one that a file has for people is the home's for
    people; where a file tells several kinds of people apart, those that the home does not know are added, so that what
    an annotation refers to stays true. One of the same name with other keypoints is another one. Fields that the home's
    lacks are added to it.
    """
    categories = list(home)
    ids: Ids = {}
    otherwise: list[dict[str, Any]] = []
    folds = sum(map(is_people, _whole(coco.header["categories"]))) == 1
    for one in _whole(coco.header["categories"]):
        said = identity(one.get("id"))
        if said is not None:
            ids[said], differing = _adopt(one, categories, folds=folds)
            otherwise += [{"name": one.get("name"), **differing}] if differing else []
    images = tuple(_renumber_aside(image, ids) for image in coco.images)
    persons = tuple(_renumber_person(person, ids) for person in coco.persons)
    return replace(coco, images=images, persons=persons), categories, otherwise


def _adopt(category: dict[str, Any], categories: list[Any], *, folds: bool) -> tuple[Any, dict[str, Any]]:
    """The home's id of a category, and the fields that differ there; one that the home does not know is added."""
    known = _known(category, categories, folds=folds)
    if known is not None:
        learned = {key: value for key, value in category.items() if known.get(key) in NOTHING and value not in NOTHING}
        if keypoint_names(known) is None and keypoint_names(category) is not None:
            learned |= {key: category[key] for key in ("keypoints", "skeleton") if key in category}
        categories[categories.index(known)] = {**known, **learned}
        return known.get("id"), _differing(category, {**known, **learned})
    taken = [identity(one.get("id")) for one in _whole(categories)]
    number = category.get("id")
    if identity(number) in taken:
        number = max([0, *(i for i in taken if isinstance(i, int))]) + 1  # its own is another category's here
    categories.append({**category, "id": number})
    return number, {}


def _differing(category: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What it says otherwise, but for its number and how it spells its keypoints."""
    fields = {key: value for key, value in category.items() if key not in ("id", OWN_ID, "keypoints")}
    if _name(category) == _name(known):
        fields.pop("name", None)
    return {key: value for key, value in fields.items() if value not in NOTHING and value != known.get(key)}


def _known(category: dict[str, Any], categories: Iterable[Any], *, folds: bool) -> dict[str, Any] | None:
    """The home's category of the same name, else, if `folds`, of people as well; their keypoints do not differ."""
    alike = [one for one in _whole(categories) if _fit(one, category)]
    named = [one for one in alike if _name(one) == _name(category)]
    # Files may spell one name in two ways, or list it twice: each is the home's that it was before.
    named.sort(key=lambda one: (one.get("name") != category.get("name"), one.get("id") != category.get("id")))
    people = (one for one in alike if folds and is_people(one) and is_people(category))
    return next(iter(named), None) or next(people, None)


def _fit(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether both name the same keypoints, or one of them none."""
    names, others = keypoint_names(one), keypoint_names(other)
    return names is None or others is None or same_keypoints(names, others)


def _name(category: dict[str, Any]) -> str:
    return str(category.get("name")).strip().lower()


def _whole(categories: Iterable[Any]) -> list[dict[str, Any]]:
    return [one for one in categories if isinstance(one, dict)]


def _renumber_person(person: CocoPerson, ids: Ids) -> CocoPerson:
    return replace(person, person=replace(person.person, extra=_renumber(person.person.extra, ids)))


def _renumber_aside(image: CocoImage, ids: Ids) -> CocoImage:
    if KEPT_ASIDE not in image.extra:
        return image
    aside = [_renumber(annotation, ids) for annotation in image.extra[KEPT_ASIDE]]
    return replace(image, extra={**image.extra, KEPT_ASIDE: aside})


def _renumber(fields: dict[str, Any], ids: Ids) -> dict[str, Any]:
    """A category that the file itself does not list stays as it is."""
    number = identity(fields.get("category_id"))
    return {**fields, "category_id": ids[number]} if number is not None and number in ids else fields
