"""`sspcm score`: shards of another process's pool."""

import json
from typing import Any

import pytest
import torch

from sspcm.__main__ import main
from sspcm.training import round, shards
from sspcm.training.round import run_round


@pytest.mark.usefixtures("one_thread")
def test_it_says_which_shard_it_predicts_and_ends_with_zero(
    make_round: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, trained = make_round(labelled=2, unlabelled=1, validation=1, steps=1), round.predict_in_shards
    monkeypatch.setattr(shards, "SHARD_PERSONS", 3)

    def share(*arguments: Any) -> None:
        real_take = shards.Scoring.take
        monkeypatch.setattr(shards.Scoring, "take", lambda *_: real_take(*_) and help_once())
        trained(*arguments)

    def help_once() -> bool:
        monkeypatch.undo()
        assert main(["score", str(folder), "--device", "cpu"]) == 0
        return True

    monkeypatch.setattr(round, "predict_in_shards", share)
    assert run_round(folder, device=torch.device("cpu"))
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told == [{"stage": "predict", "shard": number, "shards": 2} for number in (2, 1)]


def test_without_a_folder_it_says_what_it_wants(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    assert main(["score", str(tmp_path / "gone")]) == 1
    assert "there is no folder" in capsys.readouterr().err
