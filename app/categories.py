"""The categories of a further COCO file, told in those of the home: files number them as they like."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sspcm.formats.coco import KEPT_ASIDE, CocoFile, CocoImage, CocoPerson


def adopt_categories(coco: CocoFile, home: Sequence[Any]) -> tuple[CocoFile, list[Any]]:
    """The file with its annotations in the home's categories, and these with what the file adds to them.

    Persons become the home's persons; everything else keeps its name, under the home's number for it.
    """
    categories = list(home)
    person = _person_category(coco.header["categories"])
    ids = {str(one.get("id")): _adopt(one, person, categories) for one in _whole(coco.header["categories"])}
    images = tuple(_renumber_aside(image, ids) for image in coco.images)
    persons = tuple(_renumber_person(person, ids) for person in coco.persons)
    return replace(coco, images=images, persons=persons), categories


def _adopt(category: dict[str, Any], person: dict[str, Any] | None, categories: list[Any]) -> Any:
    """The home's id of a category; one that the home does not know is added, under a free id."""
    known = _person_category(categories) if category is person else _named(categories, category.get("name"))
    if known is not None:
        named: dict[str, Any] = {
            key: category[key] for key in ("keypoints", "skeleton") if category is person and key in category
        }
        categories[categories.index(known)] = {**named, **known}  # a category of boxes learns its keypoints' names
        return known.get("id")
    taken = [one.get("id") for one in _whole(categories)]
    number = category.get("id")
    if str(number) in map(str, taken):
        number = max([0, *(i for i in taken if isinstance(i, int))]) + 1
    categories.append({**category, "id": number})
    return number


def _whole(categories: Iterable[Any]) -> list[dict[str, Any]]:
    return [one for one in categories if isinstance(one, dict)]


def _person_category(categories: Iterable[Any]) -> dict[str, Any] | None:
    """The category of persons, as `sspcm.formats.coco` finds it."""
    with_keypoints = next((one for one in _whole(categories) if one.get("keypoints")), None)
    return with_keypoints or _named(categories, "person")


def _named(categories: Iterable[Any], name: Any) -> dict[str, Any] | None:
    return next((one for one in _whole(categories) if str(one.get("name")).lower() == str(name).lower()), None)


def _renumber_person(person: CocoPerson, ids: dict[str, Any]) -> CocoPerson:
    return replace(person, person=replace(person.person, extra=_renumber(person.person.extra, ids)))


def _renumber_aside(image: CocoImage, ids: dict[str, Any]) -> CocoImage:
    if KEPT_ASIDE not in image.extra:
        return image
    aside = [_renumber(annotation, ids) for annotation in image.extra[KEPT_ASIDE]]
    return replace(image, extra={**image.extra, KEPT_ASIDE: aside})


def _renumber(fields: dict[str, Any], ids: dict[str, Any]) -> dict[str, Any]:
    """A category that the file itself does not list stays as it is."""
    number = fields.get("category_id")
    return {**fields, "category_id": ids[str(number)]} if str(number) in ids else fields
