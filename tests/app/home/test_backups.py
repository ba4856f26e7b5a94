"""A home as one file, and a home made of it again."""

import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.home import backups
from app.home.backups import BackupError, back_up, restore
from app.home.image_files import ImageFiles
from app.home.settings import Settings, read_settings
from db.errors import StoreError
from db.schema import Base
from db.store.copying_rows import LEFT_BEHIND, OPENS_SOMETHING
from db.store.session import Store, open_store


@pytest.fixture
def home(tmp_path: Path, store: Store, add_account: Callable[..., Any], add_people: Callable[..., Any]) -> Settings:
    """A home on either database, with people, an image file, a round's folder and what is made anew."""
    settings = replace(read_settings(tmp_path / "home", {}), database_url=store.url)
    add_account(store, "lea", "lead")
    add_people(store, count=3)
    ImageFiles(settings.home).put(b"the bytes of an image", ".png")
    for name, text in (
        ("rounds/0001/attempt-1/report.json", "{}"),
        ("rounds/0001/attempt-1/.draft", "half"),
        ("models/m.onnx", "onnx"),
        ("secret.json", "{}"),
        ("thumbs/1.jpg", "thumb"),
        ("worker.lock", ""),
    ):
        (settings.home / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.home / name).write_text(text)
    return settings


@pytest.fixture
def new_home(tmp_path: Path, empty_url: str) -> Settings:
    return replace(read_settings(tmp_path / "restored", {}), database_url=empty_url)


def rows(url: str) -> dict[str, list[dict[str, Any]]]:
    store = open_store(url)
    with store.reading() as tx:
        found = {
            table.name: [dict(row) for row in tx.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in Base.metadata.sorted_tables
            if table not in LEFT_BEHIND | OPENS_SOMETHING
        }
    store.close()
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("store.db")
    }


def test_a_restored_home_has_every_row_and_every_file_that_lasts(
    home: Settings, new_home: Settings, tmp_path: Path
) -> None:
    """From either database into either."""
    seen: list[tuple[int, int]] = []
    told = back_up(home, tmp_path / "b.tar", progress=lambda *at: seen.append(at))
    assert (told.files, told.gone, seen[-1]) == (4, (), (4, 4))
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0  # it holds password hashes
    assert restore(new_home, tmp_path / "b.tar").about == told.about
    assert rows(new_home.database_url) == rows(home.database_url)
    lasting = {
        name: content
        for name, content in files(home.home).items()
        if name not in ("rounds/0001/attempt-1/.draft", "thumbs/1.jpg", "worker.lock")
    }
    assert files(new_home.home) == lasting and len(lasting) == 4
    assert (new_home.home / "secret.json").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_images_can_stay_behind(home: Settings, tmp_path: Path) -> None:
    told = back_up(home, tmp_path / "b.tar", images=False)
    with tarfile.open(tmp_path / "b.tar") as tar:
        names = tar.getnames()
    assert names[:2] == ["backup.json", "store.db"] and not any(name.startswith("images") for name in names)
    assert (told.files, told.about.images) == (3, False)


def test_images_that_lie_in_a_bucket_are_not_left_out_unseen(home: Settings, tmp_path: Path) -> None:
    far = replace(home, bucket="s3://bucket/home")
    with pytest.raises(BackupError, match=r"lie in s3://bucket/home.*--without-images"):
        back_up(far, tmp_path / "b.tar")
    assert not back_up(far, tmp_path / "b.tar", images=False).about.images


def test_what_goes_away_meanwhile_is_told(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Iterator[Path]] = backups._files

    def pruned(folder: Path, *, images: bool) -> Iterator[Path]:
        for path in [*real(folder, images=images)]:
            if path.name == "report.json":
                path.unlink()
            yield path

    monkeypatch.setattr(backups, "_files", pruned)
    told = back_up(home, tmp_path / "b.tar")
    assert (told.files, told.gone) == (3, ("rounds/0001/attempt-1/report.json",))


def test_a_backup_takes_the_place_of_nothing(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("mine")
    with pytest.raises(BackupError, match=r"there is a file at .* already"):
        back_up(home, tmp_path / "b.tar")
    with pytest.raises(BackupError, match=r"there is no folder .*nowhere"):
        back_up(home, tmp_path / "nowhere" / "b.tar")
    assert (tmp_path / "b.tar").read_text() == "mine"


def test_a_home_in_use_is_not_restored_into(home: Settings, new_home: Settings, tmp_path: Path) -> None:
    back_up(home, tmp_path / "b.tar")
    before = rows(home.database_url)
    with pytest.raises(BackupError, match=r"has images already; wanted an empty one"):
        restore(home, tmp_path / "b.tar")
    other_folder = replace(home, home=tmp_path / "other")
    with pytest.raises(StoreError, match="has rows already"):
        restore(other_folder, tmp_path / "b.tar")
    assert rows(home.database_url) == before and files(tmp_path / "other") == {}


def test_a_torn_or_changed_backup_restores_nothing(home: Settings, new_home: Settings, tmp_path: Path) -> None:
    whole = tmp_path / "b.tar"
    back_up(home, whole)
    content = whole.read_bytes()
    at = content.index(b"the bytes of an image")
    bad = tmp_path / "bad.tar"
    for broken, said in (
        (content[: len(content) // 2], "damaged"),
        (content[:at] + b"THE BYTES OF AN IMAGE" + content[at + 21 :], "are not those that were written"),
        (content.replace(b"SQLite format 3", b"SQLite format 4", 1), "is not the one that was written"),
        # A tar that is cut where a file begins, or has a torn head there, looks as if it were at its end.
        (content[: content.index(b"models/m.onnx")], "damaged"),
        (content.replace(b"models/m.onnx", b"models/n.onnx", 1), "damaged"),
        (content.replace(b"onnx" + bytes(508), b"ONNX" + bytes(508), 1), "not all that were written, or others"),
        (b"", "damaged|no backup"),
        (b"not a tar at all" * 100, "damaged"),
    ):
        bad.write_bytes(broken)
        with pytest.raises(BackupError, match=said):
            restore(new_home, bad)
        assert files(new_home.home) == {} and not (new_home.home / "store.db").exists()
    restore(new_home, whole)


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    "name", ["../outside", "/outside", "images/../../outside", "thumbs/1.jpg", "store.db/x", "images"]
)
def test_what_no_home_has_is_not_taken_out(new_home: Settings, tmp_path: Path, name: str) -> None:
    about = json.dumps({"version": 1, "schema": "0001", "made_at": "", "images": True, "store": "", "rows": {}})
    bad = tar_of(
        tmp_path / "bad.tar", (tarfile.TarInfo("backup.json"), about.encode()), (tarfile.TarInfo(name), b"content")
    )
    with pytest.raises(BackupError, match="which no home has"):
        restore(new_home, bad)
    assert not (tmp_path / "outside").exists() and files(new_home.home) == {}


def test_a_link_in_a_backup_is_refused(new_home: Settings, tmp_path: Path) -> None:
    about = json.dumps({"version": 1, "schema": "0001", "made_at": "", "images": True, "store": "", "rows": {}})
    link = tarfile.TarInfo("images/ab/x.png")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
    with pytest.raises(BackupError, match="which no home has"):
        restore(new_home, tar_of(tmp_path / "bad.tar", (tarfile.TarInfo("backup.json"), about.encode()), (link, b"")))


def test_a_newer_versions_backup_is_refused_in_one_sentence(new_home: Settings, tmp_path: Path) -> None:
    about = json.dumps({"version": 1, "schema": "9999", "made_at": "", "images": True, "store": "", "rows": {}})
    bad = tar_of(tmp_path / "bad.tar", (tarfile.TarInfo("backup.json"), about.encode()))
    with pytest.raises(BackupError, match=r"made by a newer version \(schema 9999; this one knows 00"):
        restore(new_home, bad)


def test_a_damaged_image_is_told_when_the_backup_is_made_and_restored_as_it_is(
    home: Settings, new_home: Settings, tmp_path: Path
) -> None:
    """Not on the day of the disaster; and what lies beside the images is not the home's."""
    (image,) = (home.home / "images").rglob("*.png")
    image.write_bytes(b"rotten")
    (image.parent / "Thumbs.db").write_bytes(b"a file manager's")
    told = back_up(home, tmp_path / "b.tar")
    assert told.damaged == (image.relative_to(home.home).as_posix(),)
    assert restore(new_home, tmp_path / "b.tar").damaged == told.damaged
    assert [path.read_bytes() for path in (new_home.home / "images").rglob("*.*")] == [b"rotten"]


def test_a_file_of_two_names_is_two_files(home: Settings, new_home: Settings, tmp_path: Path) -> None:
    os.link(home.home / "models/m.onnx", home.home / "models/n.onnx")
    back_up(home, tmp_path / "b.tar")
    restore(new_home, tmp_path / "b.tar")
    assert (new_home.home / "models/n.onnx").read_text() == "onnx"


def test_what_cannot_be_read_is_not_left_out_unseen(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (home.home / "images/zz").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BackupError, match=r"images/zz is a link; wanted the folder itself"):
        back_up(home, tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


def test_a_restore_that_fails_late_leaves_no_home_and_can_be_tried_again(
    home: Settings, new_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home, tmp_path / "b.tar")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(backups, "move_store", full)
        with pytest.raises(OSError, match="No space left"):
            restore(new_home, tmp_path / "b.tar")
    assert files(new_home.home) == {} and not (new_home.home / "store.db").exists()
    restore(new_home, tmp_path / "b.tar")
    assert rows(new_home.database_url) == rows(home.database_url)


def test_of_two_backups_of_one_name_the_first_one_stays(home: Settings, tmp_path: Path) -> None:
    def another(done: int, _total: int) -> None:
        if done == 1:
            (tmp_path / "b.tar").write_text("theirs")

    with pytest.raises(BackupError, match="made by somebody else meanwhile"):
        back_up(home, tmp_path / "b.tar", progress=another)
    assert (tmp_path / "b.tar").read_text() == "theirs" and list(tmp_path.glob(".b.tar*")) == []


@pytest.mark.parametrize("about", ["[]", "{}", "not json", '{"version": 1, "schema": 14, "made_at": 1}'])
def test_a_backup_whose_first_words_make_no_sense_is_refused(new_home: Settings, tmp_path: Path, about: str) -> None:
    bad = tar_of(tmp_path / "bad.tar", (tarfile.TarInfo("backup.json"), about.encode()))
    with pytest.raises(BackupError, match="damaged"):
        restore(new_home, bad)
