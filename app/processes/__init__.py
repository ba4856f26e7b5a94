"""Processes: the job engine's port, the supervisor, children that never outlive their parent, signs of life.

child           runs a process that never outlives its parent, with its whole tree
health          whether this machine's web server or worker is well
job_engine      the port to the job engine: rounds are enqueued here
last_words      the last lines that a process wrote
sign_of_health  a process reports that it is of use now
supervisor      keeps web server and worker running
worker_state    whether a worker runs, as a message with the command that starts one
worker_trouble  why the worker cannot be kept running
"""
