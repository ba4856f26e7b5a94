"""What each annotator did, at the command line."""

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.home.settings import read_settings
from db.clock import utc_now
from db.store.session import migrate, open_store
from tests.app.labelling.annotating import Account, People
from tests.app.team.test_figures import label_from_starts


def test_figures_are_told_in_lines_as_json_and_as_csv(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    add_account: Account, add_people: People,
) -> None:  # fmt: skip
    monkeypatch.delenv("DATABASE_URL", raising=False)
    url = read_settings(tmp_path, {}).database_url
    migrate(url)
    store = open_store(url)
    add_people(store, count=3)
    label_from_starts(store, add_account(store), [0, 2, 4], at=utc_now(), seconds=20.0)
    store.close()

    def run(*arguments: str) -> tuple[int, str]:
        status = main(["--home", str(tmp_path), "team", "figures", *arguments])
        return status, capsys.readouterr().out

    status, out = run("--weeks", "2")
    first, ann, week = out.splitlines()
    assert status == 0 and first.startswith("1 person was at work in these 2 weeks")
    assert ann.split(maxsplit=1)[1] == "3 persons, 20.0 s a person, 0.0 h, 3.0 actions per person, 1 of 3 untouched"
    assert week.split(maxsplit=1)[1] == ann.split(maxsplit=1)[1]
    found = json.loads(run("--weeks", "2", "--json")[1])
    assert (len(found["weeks"]), found["annotators"][0]["all_weeks"]["actions"]) == (2, 3.0)
    assert run("--csv")[1].splitlines()[1].startswith(f"ann,{found['weeks'][-1]},3,3,3,60.0,20.0,3,1,")
    with pytest.raises(SystemExit, match="2"):
        run("--weeks", "53")
    assert "give a number from 1 to 52" in capsys.readouterr().err
