"""A lead deletes for good over HTTP, while an annotator holds the image."""

from tests.app.web.served import Server


def test_a_lead_is_told_what_goes_and_deletes_it_under_an_annotators_hands(server: Server) -> None:
    with server.client("ann") as ann, server.client("lea") as lea:
        task = ann.get("/api/next").json()
        image, url = task["image"]["id"], task["image"]["url"]
        assert ann.get(url).status_code == 200
        box = {"x": 5, "y": 5, "width": 20, "height": 20, "angle": 0}
        person = ann.post("/api/persons", json={"key": "a person of mine", "image_id": image, "box": box}).json()[
            "person"
        ]
        told = lea.get(f"/api/deletion/image/{image}").json()
        assert told["images"] == [image] and told["blocked"] is None
        assert any("ann may be at work on it" in one for one in told["goes"])
        assert ann.get(f"/api/deletion/image/{image}").status_code == 403

        wrong = lea.post("/api/deletion", json={"kind": "image", "id": image, "why": "x", "images": [image, 99]})
        assert wrong.status_code == 422 and "Look again" in wrong.json()["error"]["message"]
        done = lea.post("/api/deletion", json={"kind": "image", "id": image, "why": "asked for", "images": [image]})
        assert done.status_code == 200 and done.json()["trouble"] == []

        assert ann.get(url).status_code == 404 and ann.get(f"/api/images/{image}/task").status_code == 404
        skip = {"key": "skipped by ann", "person_id": person["id"], "revision": 0, "reason": "dark"}
        assert ann.post("/api/skip", json=skip).status_code == 404
        assert ann.post("/api/heartbeat", json={"image_ids": [image]}).json() == {"held": []}
        assert ann.get("/api/next").json()["image"]["id"] != image

        (stone,) = lea.get("/api/deleted").json()["deleted"]
        assert (stone["by"], stone["why"], stone["allowed_at"]) == ("lea", "asked for", None)
        allowed = lea.post(f"/api/deleted/{stone['id']}/allow")
        assert allowed.json()["allowed_by"] == "lea"
        lines = lea.get("/api/team/log").json()["entries"]
        assert [one["action"] for one in lines][:2] == ["deleted image allowed again", "image deleted"]


def test_an_export_is_recorded_with_who_took_it(server: Server) -> None:
    with server.client("lea") as lea:
        assert lea.get("/api/export").status_code == 200
        image = lea.get("/api/next").json()["image"]["id"]
        told = lea.get(f"/api/deletion/image/{image}").json()["holds"]
        assert any("by lea (page), file " in one for one in told)
