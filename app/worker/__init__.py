"""The worker: the process that runs rounds and pose models, one at a time.

process  the process and its loop
"""
