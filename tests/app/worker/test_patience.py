"""A stage outlasts a store that is away."""

import time

import pytest
from sqlalchemy.exc import InternalError, OperationalError

from app.home.bucket import BucketAway
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


def test_a_stage_goes_on_when_the_bucket_is_back_and_ends_in_words_where_it_stays_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(patience, "TRY_AGAIN_AFTER_S", 0.01)
    away = [BucketAway("the bucket s3://pool did not do its part; wanted it to answer.")] * 2

    def stage() -> None:
        if away:
            raise away.pop()

    patience.in_words("train", stage)
    assert away == []
    assert "stage 'train' cannot reach the bucket (the bucket s3://pool did not do its part" in caplog.text
    monkeypatch.setattr(patience, "STORE_MAY_BE_AWAY_S", 0.0)
    away.append(BucketAway("the bucket s3://pool did not do its part; wanted it to answer."))
    with pytest.raises(BucketAway, match="wanted it to answer"):
        patience.in_words("train", stage)


def test_a_stage_that_worked_longer_than_a_store_may_be_away_is_tried_again_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A training of hours whose last transaction finds the store away."""
    monkeypatch.setattr(patience, "TRY_AGAIN_AFTER_S", 0.01)
    monkeypatch.setattr(patience, "STORE_MAY_BE_AWAY_S", 0.2)
    away = [BucketAway("the bucket s3://pool did not do its part; wanted it to answer.")]

    def stage() -> None:
        time.sleep(0.3)
        if away:
            raise away.pop()

    patience.in_words("train", stage)
    assert away == []


def test_an_error_of_the_store_is_told_without_its_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STORE_MAY_BE_AWAY_S", 0.0)

    def stage() -> None:
        raise OperationalError("SELECT secret", {}, Exception("the disk is full"))

    with pytest.raises(LearningError) as told:
        patience.in_words("score", stage)
    assert "stopped on OperationalError: the disk is full" in str(told.value)
    assert "SELECT" not in str(told.value)


def test_a_transaction_that_was_cut_off_is_begun_anew_and_a_mistake_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TRY_AGAIN_AFTER_S", 0.01)
    cut, calls = InternalError("SELECT 1", {}, Exception("idle in transaction"), connection_invalidated=True), [0]

    def stage(error: Exception) -> None:
        calls[0] += 1
        if calls[0] == 1:
            raise error

    patience.in_words("score", lambda: stage(cut))
    assert calls == [2]
    calls[0] = 0
    with pytest.raises(LearningError, match="no such column"):
        patience.in_words("score", lambda: stage(InternalError("SELECT x", {}, Exception("no such column"))))
    assert calls == [1]
