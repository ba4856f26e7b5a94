"""An image's address never means other bytes."""

from fastapi.testclient import TestClient

from app.web.opened import OpenHome
from db.pool import images
from db.records import ImageRecord, NewImage


def test_an_image_is_kept_for_good_by_whoever_got_it(client: TestClient, home: OpenHome) -> None:
    sha256 = home.files.put(b"bytes", ".jpg")
    with home.store.transaction() as tx:
        image, _ = images.add_image(tx, NewImage(sha256, "one.jpg", 8, 8, "hall", 0), [])
    answered = client.get(f"/img/{image.id}/{sha256}")
    assert (answered.content, answered.headers["cache-control"]) == (b"bytes", "private, max-age=31536000, immutable")


def test_other_bytes_and_a_file_that_is_gone_are_refused_in_words(client: TestClient, pool: list[ImageRecord]) -> None:
    for sha256, said in (("f" * 64, "has other bytes"), (pool[0].sha256, "restore images/")):
        answered = client.get(f"/img/{pool[0].id}/{sha256}")
        assert answered.status_code == 404
        assert said in answered.json()["error"]["message"]
