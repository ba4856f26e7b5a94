"""The demo home, and `demo --check`, which runs the whole loop over HTTP and judges it.

check        the whole loop over HTTP, judged
cutting_set  the demo's images and annotations, cut out of drawn scenes
home         the demo home: images, accounts
"""
