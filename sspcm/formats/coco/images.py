"""The images of a file, by the numbers they have here."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sspcm.formats.coco.file import KEPT_ASIDE, OWN_ID, OWN_IMAGE_FIELDS, CocoImage
from sspcm.formats.complaints import Complaints, carried
from sspcm.formats.plain_values import id_in_words, identity, kind_of, number_for, shown, whole

LEFT_OUT = "left out with its persons."


@dataclass(frozen=True)
class Images:
    """The images by their numbers, and these by what the file calls its images (`identity`)."""

    by_id: Mapping[int, CocoImage]
    numbers: Mapping[int | str, int]
    left_out: frozenset[int | str] = frozenset()
    """What the file calls those that could not be taken: they were told of, with their persons."""
    ambiguous: Mapping[int | str, tuple[str, ...]] = field(default_factory=dict)
    """Ids that several different images claim, and who: an annotation of such an id may be about any of them."""

    def find(self, image_id: Any) -> CocoImage | None:
        """The image that an annotation means."""
        said = identity(image_id)
        return self.by_id[self.numbers[said]] if said is not None and said in self.numbers else None


def read_images(entries: Sequence[Any], complaints: Complaints) -> Images:
    """Every image that has a name. One that is listed twice is one, whatever its ids.

    An id that several images claim is none of theirs: files that were put together count from 1 each.
    """
    taken = {one for one in (identity(e.get("id")) for e in entries if isinstance(e, dict)) if isinstance(one, int)}
    ambiguous = _ambiguous(entries)
    by_id: dict[int, CocoImage] = {}
    numbers: dict[int | str, int] = {}
    by_name: dict[str, int] = {}
    left_out: set[int | str] = set()
    for entry in entries:
        where = f"image {_name(entry)}"
        if not _is_named(entry, where, complaints):
            left_out |= {said} if isinstance(entry, dict) and (said := identity(entry.get("id"))) is not None else set()
            continue
        said, name = identity(entry.get("id")), entry["file_name"]
        if name in by_name:
            again = "an image of this file name came before; the persons of both are taken for its own."
            complaints.add(where, again, kind="image")
        else:
            image = _read_image(entry, said, where, taken, by_id, complaints)
            taken.add(image.id)
            by_id[image.id] = image
            by_name[name] = image.id
        if said is not None and said not in ambiguous:
            numbers.setdefault(said, by_name[name])
    return Images(by_id, numbers, frozenset(left_out), ambiguous)


def _ambiguous(entries: Sequence[Any]) -> dict[int | str, tuple[str, ...]]:
    """The ids that an image with a name shares with another, and what each is called, in the file's order."""
    claims: dict[int | str, dict[str, bool]] = {}
    for entry in entries:
        said = identity(entry.get("id")) if isinstance(entry, dict) else None
        if said is not None:
            is_named = isinstance(name := entry.get("file_name"), str) and bool(name)
            claims.setdefault(said, {})[name if is_named else ""] = is_named
    return {
        said: tuple(repr(name) if is_named else "one without a name" for name, is_named in claiming.items())
        for said, claiming in claims.items()
        if len(claiming) > 1
    }


def _name(entry: Any) -> str:
    return shown(entry.get("file_name", entry.get("id"))) if isinstance(entry, dict) else f"entry {shown(entry)}"


def _is_named(entry: Any, where: str, complaints: Complaints) -> bool:
    """Whether it has a file name; where not, it is complained of."""
    if not isinstance(entry, dict):
        said = f"it is {kind_of(entry)}; wanted an object; {LEFT_OUT}"
    elif "file_name" not in entry:
        said = f"needs the field 'file_name'; {LEFT_OUT}"
    elif not isinstance(entry["file_name"], str) or not entry["file_name"]:
        said = f"its file_name is {shown(entry['file_name'])}; wanted a path in the images folder; {LEFT_OUT}"
    else:
        return True
    complaints.add(where, said, cause=("unnamed", type(entry).__name__), kind="image", lost=True)
    return False


def _read_image(
    entry: Mapping[str, Any],
    said: int | str | None,
    where: str,
    taken: Container[int],
    before: Container[int],
    complaints: Complaints,
) -> CocoImage:
    """taken: numbers that the file or we gave; before: those of the images that are read."""
    extra = {key: value for key, value in entry.items() if key not in OWN_IMAGE_FIELDS}
    if KEPT_ASIDE in extra:
        del extra[KEPT_ASIDE]
        ours = f"its field '{KEPT_ASIDE}' has the name of one of ours; the field is left out."
        complaints.add(where, ours, kind="image")
    extra = carried(extra, where, complaints, kind="image")
    if isinstance(said, int):
        number = said if said not in before else number_for(f"image {entry['file_name']}", taken)
    else:
        number = number_for(f"image {entry['file_name'] if said is None else said}", taken)
        _tell_id(entry, said, number, where, complaints)
    if isinstance(said, str):
        extra.setdefault(OWN_ID, said)
    width, height = _read_size(entry, where, complaints)
    return CocoImage(number, entry["file_name"], width, height, extra)


def _tell_id(entry: Mapping[str, Any], said: object, number: int, where: str, complaints: Complaints) -> None:
    if said is None:
        told = (
            f"its id is {shown(entry.get('id'))}; wanted a whole number. Numbered {number}; no annotation can mean it."
        )
    else:
        told = f"{id_in_words(entry['id'])}; numbered {number}, its own is kept as '{OWN_ID}'."
    complaints.add(where, told, cause=("id", said is None), kind="image")


def _read_size(entry: Mapping[str, Any], where: str, complaints: Complaints) -> tuple[int, int] | tuple[None, None]:
    width, height = whole(entry.get("width")), whole(entry.get("height"))
    if width is not None and height is not None and min(width, height) > 0:
        return width, height
    told = f"its size is {shown(entry.get('width'))} x {shown(entry.get('height'))} px"
    complaints.add(
        where,
        f"{told}; wanted positive whole numbers. Its size is taken from the image itself.",
        cause="size",
        kind="image",
    )
    return None, None
