"""Training in a round folder: the loop of every method, measuring, resuming, starting weights.

anchor            weights pulled back toward where they started
cost              what a training costs here: memory and seconds, measured
folder            a training's folder: never written over by another
initial_weights   where networks start: random, published, an earlier training
loop              the one loop of every method
machine           what a training takes of the machine
moving            how far a network may move from where it started
pool              whom a round predicts, and what its finished networks say of them
pseudo_labels     what an imported model said of unlabelled persons, to learn from
resume            what a training needs to go on, checked before any of it is put back
round             one round in a folder
round_cost        what a whole round costs here: time, memory, disk
scorer            another process predicts shards of the pool, too
shards            a pool is predicted in shards, a file each, and they become one
starting_weights  starting weights: A and B, each on labels alone
stopping          a training that is told to end ends after the step under way
telling           metrics.jsonl and the report
time_left         how long a round goes on after its last step
"""
