"""What a COCO file is made of says what it is when nothing else is said."""

from sspcm.formats.coco.file import CocoFile, CocoImage
from sspcm.skeletons.skeleton import get_skeleton


def test_a_file_of_our_own_making_has_nothing_to_complain_of() -> None:
    file = CocoFile(get_skeleton("coco-17"), (), (), {})
    assert (file.complaints, file.losses, file.names_keypoints) == ((), (), True)


def test_two_images_share_no_fields() -> None:
    first, second = CocoImage(1, "a.jpg", 4, 3), CocoImage(2, "b.jpg", 4, 3)
    first.extra["scene"] = "hall"
    assert second.extra == {}
