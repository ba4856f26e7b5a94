"""Label Studio's own JSON: results of a task of 1000 x 800 px, in percent, and a configuration for two keypoints."""

from typing import Any

CONFIG = """<View><Image name="image" value="$image"/>
<RectangleLabels name="box" toName="image"><Label value="person"/></RectangleLabels>
<KeyPointLabels name="kp" toName="image"><Label value="nose" model_index="0"/><Label value="left_eye" model_index="1"/>
</KeyPointLabels></View>"""
_IMAGE = {"to_name": "image", "original_width": 1000, "original_height": 800, "image_rotation": 0}


def box(number: str, x: float, y: float, width: float, height: float) -> dict[str, Any]:
    """A person's rectangle."""
    value = {"x": x, "y": y, "width": width, "height": height, "rotation": 0, "rectanglelabels": ["person"]}
    return {"id": number, "type": "rectanglelabels", "from_name": "box", "value": value, **_IMAGE}


def keypoint(number: str, label: str, x: float, y: float, *, parent: str = "", hidden: bool = False) -> dict[str, Any]:
    """A point, of the rectangle `parent` where one is named."""
    value = {"x": x, "y": y, "width": 0.5, "keypointlabels": [label], **({"hidden": True} if hidden else {})}
    own = {"parentID": parent} if parent else {}
    return {"id": number, "type": "keypointlabels", "from_name": "kp", "value": value, **own, **_IMAGE}
