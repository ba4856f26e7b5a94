"""Images as an import gives them."""

from db.pool import images, project
from db.records import NewImage
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton

BOX = Box(40.5, 60.25, 40.0, 80.0, angle=30.0)


def frame(number=0, **changes):
    fields = {"sha256": f"{number:064x}", "file_name": f"{number}.jpg", "width": 640, "height": 480, "camera": "hall"}
    return NewImage(**{**fields, "frame": number, **changes})


def add(store, image, persons=()):
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        return images.add_image(tx, image, persons)
