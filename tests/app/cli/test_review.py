"""Reviews at the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.__main__ import main
from app.home.settings import read_settings
from db.clock import utc_now
from db.labelling.reviews import NewReview, review
from db.people import users
from db.store.session import migrate, open_store
from tests.app.labelling.annotating import accept, key

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    add_people: Callable[..., object],
) -> Run:
    """A command on a home in which ann's only label came back."""
    for name in ("SSPCM_HOME", "SSPCM_PORT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    url = read_settings(tmp_path, {}).database_url
    migrate(url)
    store = open_store(url)
    with store.transaction() as tx:
        ann, rita = (users.add_user(tx, *one, "correct horse") for one in (("ann", "annotator"), ("rita", "reviewer")))
    add_people(store)
    accept(store, ann, 1, 0, key())
    with store.transaction() as tx:
        review(tx, NewReview(key(), 1, 1, "back", rita, "left, right"), now=utc_now())
    store.close()

    def do(*arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(tmp_path), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return do


def test_reviews_are_listed_for_people_programs_and_spreadsheets(run: Run) -> None:
    assert "rita  back  0000.jpg person 1 by ann  waiting  left, right" in run("review", "list")[1]
    (one,) = json.loads(run("review", "list", "--json")[1])
    assert (one["reviewer"], one["comment"]) == ("rita", "left, right")
    header, line = run("review", "list", "--csv")[1].splitlines()
    assert header.startswith("at,reviewer,annotator,result,comment") and '"left, right"' in line


def test_results_come_with_their_interval(run: Run) -> None:
    assert "1 sent back (0 corrected)  of 1 chosen at random 0% good, 0% to 79%" in run("review", "results")[1]
    assert json.loads(run("review", "results", "--json")[1])[0]["sampled"] == 1


def test_the_rule_is_told_and_set_with_a_line_in_the_log(run: Run) -> None:
    assert run("review", "rule")[1] == "10% of all accepted persons are reviewed, and each annotator's first 20.\n"
    assert json.loads(run("review", "rule", "--share", ".25", "--json")[1]) == {"share": 0.25, "first": 20}
    assert json.loads(run("review", "rule", "--first", "0", "--json")[1]) == {"share": 0.25, "first": 0}
    told = json.loads(run("log", "--json")[1])
    assert [(one["action"], one["details"]) for one in told] == [
        ("review rule set", {"share": 0.25, "first": 0}),
        ("review rule set", {"share": 0.25, "first": 20}),
    ]


@pytest.mark.parametrize("wrong", [("--share", "1.5"), ("--share", "ten"), ("--first", "-1"), ("--first", "1.5")])
def test_what_cannot_be_is_refused(run: Run, wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("review", "rule", *wrong)
    assert ended.value.code == 2
