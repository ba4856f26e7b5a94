"""The editor's routes take what the contract says and nothing that looks like it, and answer what really happened."""

from fastapi.testclient import TestClient

NO_DIGITS = [
    "1.0",
    "+1",
    "-1",
    "%201",
    "1%20",
    "1_0",
    "1e0",
    "true",
    "0x1",
    "%D9%A1",
    "",
    "null",
    "99999999999999999999",
]
ADDRESSES = [
    "/api/recent?limit={}",
    "/api/sheet?limit={}",
    "/api/sheet?camera={}",
    "/api/sheet?keypoint={}",
    "/api/next?exclude=1,{}",
    "/api/images/{}/task",
    "/api/images/{}/previous",
]


def test_a_number_in_an_address_is_digits_alone(client: TestClient) -> None:
    taken = [
        address.format(number)
        for address in ADDRESSES
        for number in NO_DIGITS
        if client.get(address.format(number)).status_code not in (404, 422)
    ]
    assert not taken
    for address in ("/api/recent?limit=7", "/api/sheet?limit=007&camera=1", "/api/images/1/task"):
        assert client.get(address).status_code == 200


def test_a_number_in_a_message_is_one(client: TestClient) -> None:
    for wrong in ("1", True, 1.0, 1.5, None, [1]):
        assert client.post("/api/release", json={"image_ids": [wrong]}).status_code == 422
        skipped = {"key": "12345678", "person_id": wrong, "revision": 0, "reason": "dark"}
        assert client.post("/api/skip", json=skipped).status_code == 422


def test_a_release_answers_what_was_held(client: TestClient) -> None:
    first = client.get("/api/next").json()["image"]["id"]
    answer = client.post("/api/release", json={"image_ids": [first, 5, 999]})
    assert answer.json() == {"released": [first]}


def test_a_fifth_image_is_answered_with_words_and_nothing_is_taken_away(client: TestClient) -> None:
    have: list[int] = []
    for _ in range(4):
        have.append(client.get(f"/api/next?exclude={','.join(map(str, have))}").json()["image"]["id"])
    answer = client.get(f"/api/next?exclude={','.join(map(str, have))}")
    assert answer.status_code == 200
    assert answer.json()["task"] is None
    assert "Finish one of them first" in answer.json()["message"]
    assert sorted(client.post("/api/heartbeat", json={"image_ids": have}).json()["held"]) == sorted(have)


def test_opening_a_fifth_by_its_address_keeps_four(client: TestClient) -> None:
    for image_id in range(1, 6):
        assert client.get(f"/api/images/{image_id}/task").status_code == 200
    assert client.post("/api/heartbeat", json={"image_ids": [5, 4, 3, 2, 1]}).json()["held"] == [2, 3, 4, 5]
