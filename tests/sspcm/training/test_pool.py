"""A round's people are predicted by its finished networks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sspcm.errors import TrainingError
from sspcm.manifest import read_manifest
from sspcm.members import CLOSER_LOOK, MEMBERS
from sspcm.training import round
from sspcm.training.pool import Pool, finished_trio
from sspcm.training.round import run_round

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("one_thread")


class Unheard:
    """Nobody listens."""

    def by_members(self, crops: int) -> None: ...

    def by_student(self, crops: int) -> None: ...


@pytest.mark.parametrize("method", ["sspcm", "multiaugs"])
@pytest.mark.parametrize("kind", ["random", "imported"])
def test_networks_out_of_a_folder_are_those_that_were_trained(
    make_round: Any, movenet_file: Path, monkeypatch: pytest.MonkeyPatch, method: str, kind: str
) -> None:
    """Of each kind: with a student and with the mean of two, of a backbone and of a pose model."""
    more: dict[str, Any] = {"imported": movenet_file} if kind == "imported" else {}
    if method == "multiaugs" and more:
        more |= {"ships": "mean"}
    folder, trained = make_round(steps=2, method=method, **more), list[Any]()

    def keep(self: Any, trio: Any) -> None:
        trained.append(trio)
        raise TrainingError("stopped here")

    monkeypatch.setattr(round._Round, "predict", keep)
    assert not run_round(folder, device=CPU)
    found = finished_trio(folder, read_manifest(folder / "manifest.json")).members()
    for name, network in trained[0].members().items():
        state = found[name].state_dict()
        assert all(torch.equal(tensor, state[key]) for key, tensor in network.state_dict().items()), name


def test_a_look_that_is_not_wanted_any_more_ends_after_its_batch(
    make_round: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, trained = make_round(steps=1), list[Any]()
    monkeypatch.setattr(round._Round, "predict", lambda self, trio: trained.append(trio))
    run_round(folder, device=CPU)
    pool, asked = Pool(read_manifest(folder / "manifest.json"), trained[0], CPU, Unheard()), list[int]()

    def still() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise TimeoutError

    some = pool.predict(pool.persons[2:4], still)
    assert some["ids"].tolist() == [one.id for one in pool.persons[2:4]]
    assert {name: rows.shape for name, rows in some.items()} == {
        "ids": (2,),
        **dict.fromkeys((*MEMBERS, CLOSER_LOOK), (2, 5, 3)),
    }
    assert not np.array_equal(some["C"], some[CLOSER_LOOK])
    with pytest.raises(TimeoutError):
        pool.predict(pool.persons[:2], still)
    assert len(asked) == 3, "two a shard: all networks, then the student closer"
