"""The contact sheet: its pages of persons, and the thumbs on them.

page    a page of persons, each pose in its thumb's pixels
thumbs  upright squares of persons, cut when first asked for
"""
