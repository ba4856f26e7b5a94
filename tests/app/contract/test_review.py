"""What a reviewer's messages may be."""

import pytest
from pydantic import ValidationError

from app.contract.review import ReviewMessage, ReviewResultsPayload, ReviewRuleMessage
from db.labelling.review_results import ReviewResults

GOOD = {"key": "12345678", "person_id": 1, "revision": 1, "result": "good"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": "fine"},
        {"comment": "x" * 1001},
        {"comment": "a\0"},
        {"xyv": [[1.0, 2.0]]},
        {"person_id": -1},
        {"more": 1},
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, object]) -> None:
    assert ReviewMessage.model_validate(GOOD).comment == ""
    with pytest.raises(ValidationError):
        ReviewMessage.model_validate(GOOD | wrong)


@pytest.mark.parametrize("wrong", [{"share": 1.01}, {"share": -0.1}, {"first": -1}, {"first": 10_001}])
def test_a_rule_is_a_share_and_a_count(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ReviewRuleMessage.model_validate({"share": 0.1, "first": 20} | wrong)


def test_results_of_none_that_the_rule_chose_have_no_interval() -> None:
    told = ReviewResultsPayload.of(ReviewResults("ann", 1, 1, 0, 0, 0, 0))
    assert (told.share_good, told.low, told.high) == (None, None, None)
