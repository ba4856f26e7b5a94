"""Which files of a folder are imported; which of them, or of the COCO file's images, are not, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.dataset.finding_images import Found, is_clutter, tell_others
from app.dataset.matching_names import MatchedNames, match_names, nearest
from app.dataset.placing import by_image, natural
from sspcm.formats.coco.reading import KEPT_ASIDE, CocoFile, CocoImage
from sspcm.formats.complaints import Complaints, counted


def name_images(found: Found, coco: CocoFile | None, complaints: Complaints) -> dict[str, str]:
    """The folder's name of each image to import, by the COCO file's; complaints about what one of the two lacks."""
    if coco is None:
        others = tell_others(found.others)
        if others:
            complaints.say(others)
        return {name: name for name in found.images}
    wanted = [image.file_name for image in coco.images]
    matched = match_names(wanted, found.paths)
    _tell_names(matched, found, coco, complaints)
    tell_several_names(matched.there, complaints)
    taken = set(matched.there.values())
    unnamed = sorted((name for name in found.images if name not in taken and not is_clutter(name)), key=natural)
    if unnamed:
        complaints.say(
            f"{counted(len(unnamed), 'image file of the folder')}, {unnamed[0]!r} first, "
            f"{'is' if len(unnamed) == 1 else 'are'} not named by the COCO file; left out."
        )
    others = tell_others({name: kind for name, kind in found.others.items() if name not in taken})
    if others:
        complaints.say(others)
    return matched.there


def left_out_with(persons: int) -> str:
    """What an image that is left out costs."""
    return f"left out with {counted(persons, 'person')}." if persons else "left out."


def one_entry_each(coco: CocoFile, there: Mapping[str, str]) -> CocoFile:
    """The file with one image for each file it means: one listed under several names has the persons of all.

    there: the name that each image of the file has in the folder. The first entry stays, or the one that is named so.
    """
    meaning: dict[str, list[CocoImage]] = {}
    for image in coco.images:
        # no name in a folder begins so
        meaning.setdefault(there.get(image.file_name, f"/{image.id}"), []).append(image)
    moved: dict[int, int] = {}
    kept: dict[int, CocoImage] = {}
    for name, entries in meaning.items():
        stays = next((one for one in entries if one.file_name == name), entries[0])
        moved |= {one.id: stays.id for one in entries}
        aside = [a | {"image_id": stays.id} for one in entries for a in one.extra.get(KEPT_ASIDE, ())]
        kept[stays.id] = replace(stays, extra=stays.extra | ({KEPT_ASIDE: aside} if aside else {}))
    if len(kept) == len(coco.images):
        return coco
    persons = tuple(replace(one, image_id=moved[one.image_id]) for one in coco.persons)
    return replace(coco, images=tuple(kept[one.id] for one in coco.images if one.id in kept), persons=persons)


def tell_several_names(there: Mapping[str, str], complaints: Complaints) -> None:
    """Which files the COCO file lists under several names."""
    names: dict[str, list[str]] = {}
    for name, file in there.items():
        names.setdefault(file, []).append(name)
    several = [known for known in names.values() if len(known) > 1]
    if several:
        one = len(several) == 1
        complaints.say(
            f"{counted(len(several), 'image')}, {several[0][0]!r} first, {'is' if one else 'are'} listed under several "
            f"names by the COCO file, as {several[0][1]!r}; the persons of all are taken for its own."
        )


def _tell_names(matched: MatchedNames, found: Found, coco: CocoFile, complaints: Complaints) -> None:
    rewritten = matched.rewritten
    if rewritten:
        name, there = next(iter(rewritten.items()))
        complaints.say(
            f"{counted(len(rewritten), 'file name of the COCO file')}, {name!r} first, "
            f"{'is' if len(rewritten) == 1 else 'are'} written otherwise in the folder, as {there!r}; "
            "taken under the folder's names."
        )
    persons = by_image(coco.persons)
    numbers = {image.file_name: image.id for image in coco.images}

    def left_out(names: Sequence[str]) -> str:
        return left_out_with(sum(len(persons.get(numbers[name], ())) for name in names))

    if matched.unclear:
        name, could_be = next(iter(matched.unclear.items()))
        complaints.say(
            f"{counted(len(matched.unclear), 'image of the COCO file')}, {name!r} first, "
            f"{'fits' if len(matched.unclear) == 1 else 'fit'} no single file of the folder: {name!r} may mean "
            f"{' or '.join(map(repr, could_be[:3]))}; {left_out(list(matched.unclear))} Write the names as "
            "the folder has them."
        )
    if matched.missing:
        name = matched.missing[0]
        near = nearest(name, found.paths)
        hint = f"the nearest there is {near!r}; " if near else ""
        complaints.say(
            f"{counted(len(matched.missing), 'image of the COCO file')}, {name!r} first, "
            f"{'is' if len(matched.missing) == 1 else 'are'} not in the folder; {hint}{left_out(matched.missing)}"
        )
