"""The home's files of what was deleted: taken away at once, and again where a machine starts that still has some."""

import logging

from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.pool.looks import forget_looks
from app.sheet.thumbs import Thumbs
from db.pool import tombstones
from db.store.session import Store

log = logging.getLogger(__name__)


def forget_image(settings: Settings, sha256: str) -> None:
    """The image's file, what was seen of it, and all thumbs. Raises OSError, BucketAway."""
    files = ImageFiles(settings.home)
    files.forget(sha256)
    forget_looks(files, [sha256])
    Thumbs(settings.home).forget_all()


def sweep(store: Store, settings: Settings) -> int:
    """Take away what another machine deleted, or a deletion that ended early left behind; of how many images."""
    with store.reading() as tx:
        gone = tombstones.kept_out_images(tx)
    files = ImageFiles(settings.home)
    swept = [sha256 for sha256 in gone if files.forget_here(sha256)]
    if swept:
        forget_looks(files, swept)
        Thumbs(settings.home).forget_all()
        log.info("%d images were deleted for good; their files are gone from here, too.", len(swept))
    return len(swept)
