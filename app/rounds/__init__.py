"""A round: launched, frozen, trained, scored, published.

evidence          how well networks place people whose labels they did not learn from
compare_told      two rounds side by side, in words and figures
comparing         two rounds' students on the same validation people
cost              what a launch would cost on this machine
errors            why a round cannot be launched or go on
folder            where a round keeps its files
freezing          freezes the label set and writes the manifest
helped            the folder of a round that another worker scores, as a helping one sees it
helping           scores shards of a round that another worker has
launching         launches a round
listing           a round as one line of a table
order_told        what the queue is ordered by, and how well
ordering          the queue between rounds: as starts change, and as corrections come
own_settings      what a round runs by, maybe begun by another version
progress          the trainer's progress, into the store
pruning           takes the heavy files and rows of rounds away that nobody gets any more
publishing        makes a round the one that annotators get
scoring           predictions and rankings, into the store
shards_in_bucket  a pool's shards between a round's folder and the bucket
sharing           a round's folder in the bucket, where machines share one
spared            how many actions a round spares: its starts beside those before it
spared_told       the same in words and figures
starts            which network annotators begin from, and whether a round is published
starts_told       what is known of those networks, in words and figures
starting_weights  which weights a lead may name, and where they lie
stopping          a round is stopped, gone on with, or deleted
story             what happened to a round, and what a lead can do with it
taking            a worker takes a round, and carries over what it has so far
trainer_end       why a trainer ended before it was done, in words
training          runs the trainer and follows it
twins             a round's twin: the same labels, learned by labels alone
usual_settings    what a launch begins from: the last round's settings
validation_told   how many people rounds are measured by, how exactly, and what is missing
visibility        what labels teach of visible, hidden and absent keypoints, and taught at any time
weights           where a round's starting weights lie, and whether they are there
"""
