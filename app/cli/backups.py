"""A home into one file, and out of it."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.console import answer, progress_bar
from app.cli.options import Subparsers, add_json, command

if TYPE_CHECKING:
    from app.home.backups import Told
    from app.home.settings import Settings


def add_backup(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `backup` and `restore`."""
    backup = command(
        several,
        "backup",
        example="backup /backups/home.tar",
        help="write the whole home into one file, while everything runs",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="a new file; a .tar")
    backup.add_argument("--without-images", action="store_true", help="leave the image files out")
    add_json(backup, run=make_backup, name="backup")

    restore = command(several, "restore", example="restore /backups/home.tar", help="make a home of a backup")
    restore.add_argument("file", type=Path, metavar="FILE", help="what 'backup' wrote; the home must be empty")
    add_json(restore, run=restore_backup, name="restore")


def make_backup(settings: "Settings", options: argparse.Namespace) -> int:
    """The home into a file."""
    from app.cli.store import expecting
    from app.home.backups import BackupError, back_up

    with expecting(BackupError), progress_bar("backup", "file") as progress:
        told = back_up(settings, options.file, images=not options.without_images, progress=progress)
    _tell(told, options, f"The home {settings.home} is in {options.file}")
    return 0


def restore_backup(settings: "Settings", options: argparse.Namespace) -> int:
    """A home out of a file."""
    from app.cli.store import expecting, prepare
    from app.home.backups import BackupError, restore

    with expecting(BackupError), progress_bar("restore", "file") as progress:
        told = restore(settings, options.file, progress=progress)
    prepare(settings)
    _tell(told, options, f"The home {settings.home} is as it was on {told.about.made_at[:16].replace('T', ' ')} UTC")
    return 0


def _tell(told: "Told", options: argparse.Namespace, done: str) -> None:
    labels = told.about.rows["labels"]
    shown: dict[str, Any] = {"file": str(options.file), "labels": labels, "files": told.files, "bytes": told.bytes}
    shown |= {"images": told.about.images, "gone": list(told.gone), "damaged": list(told.damaged)}

    def lines() -> Iterator[str]:
        yield f"{done}: {labels:,} revisions of labels, {told.files:,} files, {told.bytes / 1e6:,.0f} MB."
        if not told.about.images:
            yield "Its images are not in it: keep the folder images/ of the home as well, and put it back beside."
        if told.damaged:
            yield (
                f"{len(told.damaged)} images of the home are damaged, as {told.damaged[0]}: their bytes are not those "
                "that were imported. They are in it as they are. Import them again from where they came."
            )
        if told.gone:
            yield f"{len(told.gone)} files went away meanwhile and are not in it, as {told.gone[0]}."

    answer(shown, as_json=options.json, plain=lines)
