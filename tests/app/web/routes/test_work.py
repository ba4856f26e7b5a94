"""Leads give work and take it back, over real HTTP."""

from tests.app.web.served import Server


def test_a_lead_gives_and_takes_and_the_annotators_page_says_who_gives_more(server: Server) -> None:
    with server.client("lea") as lea, server.client("ann") as ann:
        before = lea.get("/api/work").json()
        assert before["pieces"] == [] and before["free"] == 6
        ids = {one["name"]: one["id"] for one in before["people"]}
        given = lea.post("/api/work", json={"people": [ids["ann"]], "cameras": [], "part": "0.png"})
        assert given.status_code == 200
        (piece,) = given.json()["pieces"]
        assert (piece["part"], piece["open"], [one["name"] for one in piece["people"]]) == ("0.png", 1, ["ann"])
        assert {one["name"]: one["open"] for one in given.json()["people"]} == {"ann": 1, "bob": 5, "lea": 5, "rev": 5}
        task = ann.get("/api/next").json()
        assert (task["image"]["file_name"], task["remaining"]) == ("0.png", 1)
        empty = ann.get(f"/api/next?exclude={task['image']['id']}").json()
        assert empty["step"]["code"] == "work_done" and "A lead (lea) can give you more" in empty["message"]
        nobody = lea.post("/api/work", json={"people": [], "cameras": []})
        assert nobody.status_code == 422
        gone = lea.post(f"/api/work/{piece['id']}/take", json={"person": ids["bob"]})
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_found")
        taken = lea.post(f"/api/work/{piece['id']}/take", json={"person": None}).json()
        assert (taken["pieces"], taken["said"].endswith("is taken from ann.")) == ([], True)
        lea.post("/api/work", json={"people": [ids["ann"]], "cameras": []})
        none = lea.post("/api/work/take", json={"person": ids["ann"]}).json()
        assert (none["pieces"], none["said"]) == ([], "every camera is taken from ann.")
        assert [one["open"] for one in none["cameras"]] == [6]
        log = lea.get("/api/team/log").json()["entries"]
        assert [entry["action"] for entry in log[:2]] == ["work taken", "work given"]
