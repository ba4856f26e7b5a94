"""A person's labels at the command line."""

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.home.settings import read_settings
from db.store.session import migrate, open_store
from tests.app.labelling.annotating import Account, People, accept, key


def test_labels_are_listed_and_one_is_brought_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    add_account: Account, add_people: People,
) -> None:  # fmt: skip
    monkeypatch.delenv("DATABASE_URL", raising=False)
    url = read_settings(tmp_path, {}).database_url
    migrate(url)
    store = open_store(url)
    add_people(store, labelled=True)
    add_account(store, "lea", "lead")
    accept(store, add_account(store), 1, 1, key())
    store.close()

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(tmp_path), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    status, out, _ = run("label", "history", "1")
    assert status == 0
    assert out.startswith("person 1 of image 1: accepted\n")
    assert "ann  label 2  (counts)\n    began with: not noted\n    nose: touched\n" in out
    assert "an import  label 1\n    began with: it came with a file\n" in out
    assert run("label", "restore", "1", "1")[:2] == (0, "Label 1 of person 1 is back, as label 3 by lea.\n")
    told = json.loads(run("label", "history", "1", "--json")[1])
    assert [entry["what"] for entry in told["entries"]] == ["label 3", "label 2", "label 1"]
    status, out, err = run("label", "restore", "1", "7")
    assert (status, out) == (1, "") and "no label of revision 7; wanted one of: 1, 2, 3" in err
    assert "label restored  person 1" in run("log")[1]
