"""A round: launched, frozen, trained, scored, published.

launching         launches a round
starting_weights  which weights a lead may name, and where they lie
usual_settings    what a launch begins from: the last round's settings
"""
