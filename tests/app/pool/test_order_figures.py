"""The order's figures, kept in a file and said in words."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.pool.order_figures import FILE, figures_in_use, note_figures, read_figures, say_figures
from db.store.session import Store
from sspcm.ranking.corrections import Measured

FITTED = Measured(
    persons=120,
    keypoints=1700,
    wrong=0.2,
    auroc_fitted=0.912,
    auroc_rank_sum=0.9,
    auroc_confidence=0.871,
    calibration_error=0.02,
    fitted_is_used=True,
    placed_is_used=True,
)
NAN = float("nan")


def test_what_was_noted_is_read(tmp_path: Path) -> None:
    assert read_figures(tmp_path) is None
    note_figures(tmp_path, FITTED)
    found = read_figures(tmp_path)
    assert found is not None and found["auroc_fitted"] == 0.912 and found["persons"] == 120
    (tmp_path / FILE).write_bytes(b"[1")
    assert read_figures(tmp_path) is None


def test_the_figures_in_use_are_the_homes_while_no_student_is_begun_from(
    sqlite_store: Store, add_people: Callable[..., Any], tmp_path: Path
) -> None:
    add_people(sqlite_store, labelled=True)
    note_figures(tmp_path, FITTED)
    with sqlite_store.reading() as tx:
        found = figures_in_use(tx, tmp_path)
    assert found is not None and found["persons"] == 120


def test_the_words_say_what_the_order_goes_by() -> None:
    assert "no corrections were looked at yet" in say_figures(None)
    few = dataclasses.replace(FITTED, persons=3, auroc_fitted=NAN, fitted_is_used=False)
    assert say_figures(few.to_json()).endswith("from 25 corrected people on (3 so far), by what they teach.")
    assert "(52 so far)" in say_figures(few.to_json(), corrected=52), "those there are now"
    told = say_figures(FITTED.to_json())
    assert told == (
        "Ordered by what the corrections of 120 people teach: wrong keypoints are told with AUROC 0.91 "
        "(0.87 by confidence alone)."
    )
    sample = say_figures(FITTED.to_json(), is_sample=True)
    assert sample.startswith("A fair sample until a first round is published. Within an image ordered by what the corr")
    worse = say_figures(dataclasses.replace(FITTED, fitted_is_used=False).to_json())
    assert worse.startswith("Ordered by inconsistency and confidence, checked on the corrections of 120 people: ")
    assert "0.90" in worse
