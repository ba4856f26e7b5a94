"""Which files of a folder are imported; which of them, or of the COCO file's images, are not, in words."""

from collections.abc import Sequence

from app.dataset.finding_images import Found, is_clutter, tell_others
from app.dataset.matching_names import MatchedNames, match_names, nearest
from app.dataset.placing import by_image, natural
from sspcm.formats.coco.reading import CocoFile
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
        return f"left out with {counted(sum(len(persons.get(numbers[name], ())) for name in names), 'person')}."

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
