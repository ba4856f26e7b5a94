"""What a deletion takes and leaves is said in sentences."""

from datetime import UTC, datetime

from app.deletion import saying
from app.deletion.deleting import Goes
from db.labelling.deleting import Target
from db.pool.exports import Export

EXPORT = Export(1, datetime(2030, 5, 1, 12, 0, tzinfo=UTC), "lea", "page", {}, 9, 8, 7, "ab" * 32)


def goes(**more: object) -> Goes:
    target = Target("image", "ab" * 32, (3, 4), ("a.jpg", "b.jpg"), (7,), ("ab" * 32,))
    nothing = dict.fromkeys(("held_by", "rounds", "simulations", "exports"), ())
    usual = {"target": target, "rows": {}, "exports_in_all": 0, "blocked": None}
    return Goes(**{**usual, **nothing, **more})  # type: ignore[arg-type]


def test_everything_that_goes_is_named() -> None:
    rows = {"images": 2, "persons": 1, "labels": 5, "reviews": 2}
    told = " ".join(saying.what_goes(goes(rows=rows, held_by=("ann",))))
    assert "2 images of the very same bytes go together: 'b.jpg' as well." in told
    assert "With it go 1 persons, 5 label revisions, 2 rows of reviews." in told
    assert "ann may be at work on it" in told
    assert saying.title(goes()) == "image 3 'a.jpg'"


def test_rounds_simulations_and_exports_that_hold_it_are_named() -> None:
    many = goes(rounds=((1, "published"), (4, "failed")), simulations=(2,), exports=(EXPORT,) * 9, exports_in_all=30)
    told = " ".join(saying.what_holds_it(many))
    assert "1 (published), 4 (failed)" in told and "simulations/0002" in told and "'round delete'" in told
    assert told.count("2030-05-01 12:00 UTC by lea (page), file abababababab…") == 5 and "; and 25 before." in told
    assert " ".join(saying.what_holds_it(goes())) == "No round's folder holds it. No recorded export of labels held it."


def test_what_no_program_reaches_is_said() -> None:
    told = " ".join(saying.what_stays())
    assert all(word in told for word in ("Backups", "caches", "digest", "audit log"))
