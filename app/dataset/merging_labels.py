"""What a COCO file says of images that are here: who is new, what was taken, and what differs, in words."""

from collections.abc import Sequence

from db.labelling.merging import Merged
from db.records import NewPerson
from sspcm.formats.coco.reading import CocoPerson
from sspcm.formats.complaints import Complaints, counted
from sspcm.formats.plain_values import shown

BY_COMMAND = "Import with --update to take the file's."
_DIFFER = {
    "labels_differ": "person: the file has a label that differs from what was decided here; the home's stays.",
    "boxes_differ": "person: the file has another box; the home's stays.",
}
_FIELD_DIFFERS = "the file says something else in it; the home's stays."
_UNCLEAR = (
    "could be one of several who are here, and has another id than each; left out. "
    "Give the persons the ids of an export of this home."
)


_CROWD = "the file calls the person of its id a crowd; they stay a person here. Skip them where the file is right."


def count_merged(merged: Merged) -> str | None:
    """What came to images that were here before, in one line; None where nothing did."""
    counts = {
        ("label", "added"): merged.labels_added,
        ("label", "replaced"): merged.labels_updated,
        ("person", "added"): merged.persons_added,
        ("box", "replaced"): merged.boxes_updated,
        ("field", "added"): merged.fields_added,
        ("field", "replaced"): merged.fields_updated,
    }
    told = [f"{counted(count, what)} {done}" for (what, done), count in counts.items() if count]
    return f"to known images: {', '.join(told)}" if told else None


def new_person(person: CocoPerson) -> NewPerson:
    """A person of the file, as the store takes them."""
    instance = person.person
    return NewPerson(
        instance.box, instance.label, instance.area, person.id, instance.extra, box_is_made=person.box_is_made
    )


def new_persons(persons: Sequence[CocoPerson]) -> list[NewPerson]:
    """The persons of one image."""
    return [new_person(person) for person in persons]


def tell_merged(merged: Merged, name: str, complaints: Complaints, *, way_out: str) -> None:
    """Complain of what the file says otherwise of one image than the home does. way_out: how to take it."""
    for which, said in _DIFFER.items():
        kind, _, words = said.partition(": ")
        for _ in range(getattr(merged, which)):
            complaints.add(f"one {kind} in {name!r}", f"{words} {way_out}", cause=which, kind=kind)
    for field in merged.differing:
        where = f"the field {shown(field)} in {name!r}"
        complaints.add(where, f"{_FIELD_DIFFERS} {way_out}", cause=("fields_differ", field), kind="field")
    for _ in range(merged.crowds_differ):
        complaints.add(f"one person in {name!r}", _CROWD, cause="crowd", kind="person")
    for _ in range(merged.persons_unclear):
        complaints.add(f"one person in {name!r}", _UNCLEAR, kind="person")
