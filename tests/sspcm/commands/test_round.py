"""`sspcm round`: a round's folder, run to its end or its error."""

import json

from sspcm.__main__ import main


def test_round_ends_with_zero_and_a_broken_one_with_one_line(make_round, capsys):
    folder = make_round(steps=1)
    assert main(["round", str(folder), "--device", "cpu"]) == 0
    assert main(["round", str(folder / "nowhere"), "--device", "cpu"]) == 1
    assert "there is no folder" in capsys.readouterr().err


def test_a_round_whose_manifest_is_broken_says_why_on_stderr(make_round, capsys):
    folder = make_round()
    (folder / "manifest.json").write_text("[]")
    assert main(["round", str(folder), "--device", "cpu"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("sspcm: the manifest") and error.count("\n") == 1


def test_a_dry_run_says_what_the_round_costs_and_writes_nothing(make_round, capsys):
    folder = make_round(steps=30)
    assert main(["round", str(folder), "--dry-run", "--device", "cpu"]) == 0
    cost = json.loads(capsys.readouterr().out)
    assert (cost["steps"], cost["labelled"], cost["predicted"]) == (30, 3, 9)
    assert [path.name for path in folder.iterdir()] == ["manifest.json"]
    assert main(["round", str(folder), "--device", "cpu"]) == 0, "it runs as if nothing had been asked"
