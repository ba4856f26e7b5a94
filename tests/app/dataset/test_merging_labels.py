"""What a file says otherwise is told by its name."""

from app.dataset.merging_labels import count_merged, tell_merged
from db.labelling.merging import Merged
from sspcm.formats.complaints import Complaints


def test_each_field_that_differs_is_told_once_by_its_name_with_its_count() -> None:
    complaints = Complaints()
    for name in ("a.jpg", "b.jpg"):
        tell_merged(Merged(fields_differ=2, differing=("scene", "track")), name, complaints, way_out="Take it.")
    said = "the file says something else in it; the home's stays. Take it."
    assert complaints.told() == tuple(f"2 fields, the field '{f}' in 'a.jpg' first: {said}" for f in ("scene", "track"))


def test_what_came_is_counted_in_one_line_and_nothing_is_said_of_nothing() -> None:
    assert count_merged(Merged(labels_added=2, boxes_updated=1)) == "to known images: 2 labels added, 1 box replaced"
    assert count_merged(Merged()) is None


def test_sums_keep_the_names_of_what_differs_and_counts_leave_them_out() -> None:
    both = Merged(fields_differ=1, differing=("scene",)) + Merged(fields_differ=1, differing=("area",))
    assert (both.fields_differ, both.differing) == (2, ("scene", "area"))
    assert both.counts["fields_differ"] == 2
    assert "differing" not in both.counts
