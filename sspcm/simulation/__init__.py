"""A labelled set plays the annotator: what a way to choose and to train is worth, in actions (docs/simulate.md).

acquisition  whom to label next, by several rules
advice       whether more labels are worth it, by what the last round gained
annotator    what it takes to correct a start to the truth
curve        rows summed up: learning curves, intervals, ratios to chance
expected     what a simulation costs, before it begins
learning     one round: trained by the product's own training, and what its networks say
people       who is in the pool, held out, and for validation
plot         learning curves as SVG
rows         a JSON line a row, of any number of processes
running      a run, round by round
saving       labels and actions that a way to choose saves beside chance
seeing       what the imported model says of everybody
starts       which network annotators begin from, by the product's rule
"""
