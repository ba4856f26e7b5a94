"""What ours is looked at on: themes, devices as a browser context takes them, and the application's pages."""

from typing import Any

THEMES = ("light", "dark")
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 3,
}
LANDSCAPE = {"viewport": {"width": 1180, "height": 820}, "has_touch": True, "is_mobile": True}
TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "is_mobile": True}
READY = {
    "/annotate/": "pose-editor[data-phase=ready][data-painted]",
    "/sheet/": "contact-sheet[data-phase=ready]",
    "/review/": "label-review:is([data-phase=ready], [data-phase=empty])",
    "/lead/": "lead-board",
    "/cameras/": "camera-lenses[data-state=saved]",
    "/team/": "work-team[data-state=ready]",
}
"""The pages for a lead who has signed in, and what is there when one is whole."""
