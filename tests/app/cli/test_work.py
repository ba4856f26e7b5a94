"""Work at the command line."""

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.home.settings import read_settings
from db.store.session import migrate, open_store
from tests.app.labelling.annotating import Account, People


def test_work_is_given_listed_and_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    add_account: Account, add_people: People,
) -> None:  # fmt: skip
    monkeypatch.delenv("DATABASE_URL", raising=False)
    url = read_settings(tmp_path, {}).database_url
    migrate(url)
    store = open_store(url)
    add_people(store, count=3)
    add_people(store, camera="yard")
    add_account(store), add_account(store, "bob")
    store.close()

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(tmp_path), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    assert run("work", "list")[1].startswith("Nothing is given to anybody: everybody gets every image.")
    assert run("work", "give", "ANN", "--camera", "hall", "--part", "0001")[:2] == (
        0, "ann gets hall, names with '0001': 1 open image to do.\n",
    )  # fmt: skip
    assert run("work", "list")[1] == (
        "   1  hall, names with '0001'                        1 of 1 open  ann\n"
        "ann                        1 open of own work\n"
        "bob                        3 open of what was given to nobody\n"
    )
    assert json.loads(run("work", "list", "--json")[1])["free"] == 3
    status, out, err = run("work", "give", "ann", "--camera", "roof")
    assert (status, out) == (1, "") and "roof" in err
    assert run("work", "take", "1", "--from", "ann")[:2] == (0, "hall, names with '0001' is taken from ann.\n")
    assert "work taken  hall" in run("log")[1]
    assert run("work", "give", "ann", "--camera", "hall", "--camera", "yard")[0] == 0
    status, out, err = run("work", "take", "all")
    assert (status, out) == (1, "") and "Give --from NAME." in err
    assert run("work", "take", "all", "--from", "ann")[:2] == (0, "All 2 pieces are taken from ann.\n")
    assert run("work", "list")[1].startswith("Nothing is given to anybody")
