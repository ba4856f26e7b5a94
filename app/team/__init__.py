"""Who works here: accounts, links, tokens, and the log of what was done.

accounts         what leads do to accounts, and people to their own
agreement        how people agree who labelled the same persons, and sigmas fitted from it
backup_download  a backup sent to a browser
figures          what each annotator did, by week, and how it turned out
first_lead       the link that makes a new home's first lead
probes           how closely annotators look, and how many people get a probe
told             the team, one's own account and the log, as pages and programs get them
work             images given to people, taken back, and how many each has left
"""
