"""Machines that start take away what was deleted while they were off."""

from app.deletion.deleting import delete, look
from app.deletion.files import sweep
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.home.shared_files import bind
from db.people.audit import Actor
from tests.app.rounds.round_home import Home, unlabelled


def test_a_file_that_a_deletion_left_goes_at_the_next_start(home: Home) -> None:
    home.add("a.jpg", unlabelled())
    home.add("b.jpg", unlabelled())
    goes = look(home.store, home.settings, "image", 1)
    delete(home.store, home.settings, goes, actor=Actor("lea", "page"), why="asked for")
    home.files.put(b"a.jpg", ".jpg")  # as another machine still has it
    assert sweep(home.store, home.settings) == 1
    assert [path.read_bytes() for path in home.files.folder.rglob("*.jpg")] == [b"b.jpg"]
    assert sweep(home.store, home.settings) == 0


def test_of_a_home_in_a_bucket_the_bucket_forgets_it_as_well(home: Home, bucket_url: str) -> None:
    settings = Settings(home.settings.home, "postgresql+psycopg://x/y", bucket=bucket_url)
    bind(settings)
    files = ImageFiles(settings.home)
    kept, sha256 = files.put(b"kept", ".png"), files.put(b"goes", ".jpg")
    files.forget(sha256)
    files.forget(sha256)
    for one in (kept, sha256):
        files.forget_here(one)
    files.fetch([kept, sha256])
    assert [path.read_bytes() for path in files.folder.rglob("*.*")] == [b"kept"]
