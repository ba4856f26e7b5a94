"""What an import says of itself, for programs."""

import json

from app.dataset.report import ImportReport, as_json
from db.labelling.merging import Merged


def test_a_report_is_plain_data_with_every_source_of_a_circle() -> None:
    report = ImportReport(2, 1, 5, 3, ("a.jpg is broken",), 1.23456, {"found": 1}, Merged())
    told = as_json(report)
    assert json.loads(json.dumps(told)) == told
    assert (told["images_new"], told["complaints"], told["seconds"]) == (2, ["a.jpg is broken"], 1.23)
    assert told["lenses"] == {"assumed": 0, "found": 1, "set": 0}
    assert set(Merged().counts) <= set(told)
