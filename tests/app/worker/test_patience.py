"""A stage outlasts a store that is away."""

import pytest
from sqlalchemy.exc import OperationalError

from app.rounds.errors import LearningError
from app.worker import patience


def test_a_stage_goes_on_when_the_store_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TRY_AGAIN_AFTER_S", 0.01)
    away = [OperationalError("SELECT secret", {}, Exception("the server closed the connection"))] * 2

    def stage() -> None:
        if away:
            raise away.pop()

    patience.in_words("score", stage)
    assert away == []


def test_an_error_of_the_store_is_told_without_its_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STORE_MAY_BE_AWAY_S", 0.0)

    def stage() -> None:
        raise OperationalError("SELECT secret", {}, Exception("the disk is full"))

    with pytest.raises(LearningError) as told:
        patience.in_words("score", stage)
    assert "stopped on OperationalError: the disk is full" in str(told.value)
    assert "SELECT" not in str(told.value)
