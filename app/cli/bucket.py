"""The bucket that a home's machines share."""

import argparse
from typing import TYPE_CHECKING

from app.cli.options import Subparsers, add_json, command, group

if TYPE_CHECKING:
    from app.home.settings import Settings


def add_bucket(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The command `bucket fill`."""
    of_bucket = group(several, "bucket", help="the bucket that the home's machines share (SSPCM_BUCKET)")
    one = command(
        of_bucket, "fill", example="bucket fill", help="put the files of this home that the bucket lacks, once"
    )
    add_json(one, run=fill, name="bucket fill")


def fill(settings: "Settings", options: argparse.Namespace) -> int:
    """Of a home that had a folder until now."""
    from app.cli.console import answer
    from app.cli.store import CommandError
    from app.home.shared_files import shared_files

    shared = shared_files(settings.home)
    if shared.bucket is None:
        raise CommandError("this home has no bucket; wanted one to fill. Set SSPCM_BUCKET=s3://NAME/PREFIX.")
    put, there = shared.fill()
    said = f"{put} of {there} files were put into {shared.bucket.url}; it had the others."
    answer({"put": put, "files": there, "bucket": shared.bucket.url}, as_json=options.json, plain=lambda: iter([said]))
    return 0
