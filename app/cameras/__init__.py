"""Lens circles of cameras: shown to leads, set by them, found in frames.

finding  lens circles looked for in a camera's frames
lenses   which lens circle a camera has; the page Cameras shows and saves it
shown    a camera as the page Cameras shows it
"""
