"""The worker: a process that runs rounds, pose models and simulations, one at a time.

checking   labels are checked, as people are labelled and rounds end
deciding   which network people begin from is decided again, and the queue ordered again
following  what is done again as people label, and a store that is away meanwhile
helping    a free worker asks to score shards of another one's round
jobs       a round, a pre-labelling and a simulation as durable steps
patience   waiting for a store or a bucket that is away
presence   this worker among the others: its name, its signs of life, its end
process    the process and its loop
settling   rounds and their jobs brought together again
takeover   jobs of workers that are gone are queued again
teaching   labels teach how others start, as people are labelled
words      why a job ended, in the words that a lead reads
"""
