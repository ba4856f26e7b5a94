"""The categories of a further COCO file, told in those of the home: files number them as they like."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sspcm.formats.coco import KEPT_ASIDE, CocoFile, CocoImage, CocoPerson
from sspcm.formats.coco_categories import is_people, keypoint_names
from sspcm.formats.plain_values import identity
from sspcm.skeleton import same_keypoints

Ids = dict[int | str, Any]


def adopt_categories(coco: CocoFile, home: Sequence[Any]) -> tuple[CocoFile, list[Any]]:
    """The file with its annotations in the home's categories, and these with what the file adds to them.

    A category is the home's of the same name, whatever its number; people are people. One of the same name with other
    keypoints is another one.
    """
    categories = list(home)
    ids: Ids = {}
    for one in _whole(coco.header["categories"]):
        said = identity(one.get("id"))
        if said is not None:
            ids[said] = _adopt(one, categories)
    images = tuple(_renumber_aside(image, ids) for image in coco.images)
    persons = tuple(_renumber_person(person, ids) for person in coco.persons)
    return replace(coco, images=images, persons=persons), categories


def _adopt(category: dict[str, Any], categories: list[Any]) -> Any:
    """The home's id of a category; one that the home does not know is added, under a free id."""
    known = _known(category, categories)
    if known is not None:
        learned: dict[str, Any] = {key: category[key] for key in ("keypoints", "skeleton") if key in category}
        if keypoint_names(known) is None and keypoint_names(category) is not None:
            categories[categories.index(known)] = {
                **known,
                **learned,
            }  # a category of boxes learns its keypoints' names
        return known.get("id")
    taken = [identity(one.get("id")) for one in _whole(categories)]
    number = category.get("id")
    if identity(number) in taken:
        number = max([0, *(i for i in taken if isinstance(i, int))]) + 1
    categories.append({**category, "id": number})
    return number


def _known(category: dict[str, Any], categories: Iterable[Any]) -> dict[str, Any] | None:
    """The home's category of the same name, else of people as well, where their keypoints do not differ."""
    alike = [one for one in _whole(categories) if _fit(one, category)]
    named = (one for one in alike if _name(one) == _name(category))
    people = (one for one in alike if is_people(one) and is_people(category))
    return next(named, None) or next(people, None)


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
