"""The stand-in for the server cannot say, nor take, what the contract does not know."""

import runpy
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

stand_in = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image, serving = stand_in["World"], stand_in["drawn_image"], stand_in["serving"]


def test_an_answer_that_the_contract_does_not_know_fails_the_test_that_got_it() -> None:
    world = World({1: drawn_image(1)})
    world.images[1].persons[0].state = "asleep"
    with pytest.raises(ValidationError, match="asleep"), serving(world) as url:
        assert httpx.get(f"{url}/api/next").status_code == 500


def test_so_does_a_message_that_the_server_would_refuse() -> None:
    headers = {"X-CSRF-Token": "token"}
    with pytest.raises(ValidationError, match="image_ids"), serving(World({})) as url:
        assert httpx.post(f"{url}/api/release", json={"images": [1]}, headers=headers).status_code == 500


def test_a_task_has_every_field_that_the_server_gives() -> None:
    with serving(World({1: drawn_image(1)})) as url:
        task = httpx.get(f"{url}/api/next").json()
    assert {"held_by", "read_only", "lens"} <= set(task)
    assert task["skeleton"]["sides"][:3] == ["middle", "left", "right"]
    assert task["persons"][0]["start"]["from"] == "student"
