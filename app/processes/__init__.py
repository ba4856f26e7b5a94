"""Processes: the job engine's port, the supervisor, children that never outlive their parent, signs of life.

activity        what a worker does now
child           runs a process that never outlives its parent, with its whole tree
health          whether this machine's web server or worker is well
job_engine      the port to the job engine: rounds are enqueued here
last_words      the last lines that a process wrote
lease           how long a worker's jobs are surely its own
sign_of_health  a process reports that it is of use now
supervisor      keeps web server and worker running
this_worker     this process as a worker: its name, its machine, what it trains on
worker_state    whether a worker runs, as a message with the command that starts one
worker_trouble  why the worker cannot be kept running
workers_told    every worker in words: where it is, what it does, when it was heard of
"""
