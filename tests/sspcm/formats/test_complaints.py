"""One cause, one line."""

from sspcm.formats.complaints import Complaints, carried


def test_one_cause_is_one_line_with_its_count_and_its_first() -> None:
    complaints = Complaints()
    for number in range(3):
        complaints.add(f"annotation {number}", f"its id {number} is taken.", cause="id")
    complaints.add("annotation 7", "has no box.")
    complaints.say("the file is old.")
    assert complaints.told() == (
        "3 annotations, annotation 0 first: its id 0 is taken.",
        "annotation 7: has no box.",
        "the file is old.",
    )


def test_the_same_cause_among_images_is_another() -> None:
    complaints = Complaints()
    complaints.add("image a.jpg", "has no id.", kind="image")
    complaints.add("annotation 1", "has no id.")
    assert len(complaints.told()) == 2


def test_what_cost_keypoints_is_kept_as_its_first_entry_has_it() -> None:
    complaints = Complaints()
    for number in (4, 5):
        complaints.add(f"annotation {number}", "no box; left out.", lost=True)
    complaints.add("annotation 6", "odd.")
    assert complaints.losses == ["annotation 4: no box; left out."]


def test_a_field_that_cannot_be_carried_goes_alone() -> None:
    complaints = Complaints()
    assert carried({"score": float("nan"), "note": "kept"}, "annotation 1", complaints) == {"note": "kept"}
    assert "annotation 1: its field 'score' holds NaN" in complaints.told()[0]
