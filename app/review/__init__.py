"""A second person's look at accepted labels.

reviewing  whom a reviewer sees, what is said of them, and taking that back
told       the rule, the results and the reviews, as pages, programs and spreadsheets get them
"""
