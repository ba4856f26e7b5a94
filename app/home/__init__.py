"""A home's settings and files: images under their hash, pose models, the commands that messages suggest.

backups        a home as one file, and a home made of it again
bucket         a bucket of an S3 server as whole files by name
failures       what a failing disk or database means for the person who asked
home_command   the commands that pages and messages suggest, with their home
image_files    images under their hash
logs           the log as JSON, with what an entry is about
model_files    uploaded pose models: names, files
oidc_settings  the provider by which people may sign in
settings       home, store, port: read once, frozen
shared_files   which of a home's files other machines have as well, through a bucket
skeletons      the home's skeleton, shown and corrected
"""
