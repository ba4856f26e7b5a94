"""The demo home, and `demo --check`, which runs the whole loop over HTTP and judges it.

check        the whole loop over HTTP, judged
client       the check's application and its HTTP client
cutting_set  the demo's images and annotations, cut out of drawn scenes
home         the demo home: images, accounts
judging      whether the loop did what it should
loop         what the check has done so far
"""
