"""The application: pages and HTTP routes, use cases, files, and the worker that runs rounds.

cameras/     lens circles of cameras: shown to leads, set by them, found in frames
cli/         the command line: every command's options and body
contract/    the JSON that pages and server exchange, as pydantic types (docs/architecture.md)
dataset/     images and labels in, COCO keypoints out
deletion/    an image or a person deleted for good: what goes, what stays
demo/        the demo home, and `demo --check`, which runs the whole loop over HTTP and judges it
home/        a home's settings and files: images under their hash, pose models, the commands that messages suggest
label_checks/  accepted labels that look wrong: checked, and called right
labelling/   what annotators do: get a task, decide about persons, begin from a start
pool/        the pool: its order before any round, pose models run over it, what is missing for labelling
processes/   the job engine's port, the supervisor, children that never outlive their parent, signs of life
review/      a second person's look at accepted labels
rounds/      a round: launched, frozen, trained, scored, published
sheet/       the contact sheet: its pages of persons, and the thumbs on them
simulation/  what more labels would bring, simulated on those there are
team/        who works here: accounts, links, API tokens, and the log of who did what
web/         the web server: the guard in front, signing in, routes for JSON and files, pages for people
worker/      the worker: the process that runs rounds, pose models and simulations, one at a time
__main__     `python -m app`: the parser of every command
"""
