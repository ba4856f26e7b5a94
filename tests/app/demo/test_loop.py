"""The loop tells what it did as it goes."""

import pytest

from app.demo.loop import Loop


def test_a_stage_is_told_with_its_seconds_once_it_ended_well() -> None:
    said = list[str]()
    loop = Loop(said.append)
    with loop.timed("start"):
        assert said == []
    with pytest.raises(RuntimeError), loop.timed("label"):
        raise RuntimeError("broke off")
    assert list(loop.seconds) == ["start"]
    assert said == [f"start: {loop.seconds['start']} s"]
