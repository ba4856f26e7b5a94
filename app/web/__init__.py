"""The web server: the guard in front, signing in, routes for JSON and files, pages for people.

pages/            the pages that people see, built with Gradio around our own elements
routes/           the routes that answer with JSON and files, one file a subject
asgi              the types of ASGI
bodies            limits on a request's body
browser_names     browsers by the names that people know
connections       limits on connections: how many, how slow
door              what signing in by a password and by a link share
entrance          signing in and out
event_words       what a failed event of a page is answered with
guests            who a request comes from: a browser, or a program with a token
guard             the gate: hosts, sessions, roles, cross-site requests, which routes exist
json_bodies       a request's JSON has one meaning, whoever reads it
kept_answer       an answer that costs a second, given again while it holds
known_browsers    browsers that have signed in before
link_entrance     coming in by a one-time link
link_pages        the pages behind one-time links
login_budget      how many wrong passwords are borne, and from whom
login_page        the login page
metrics           what Prometheus reads
noted             what leads change gets a line in the audit log
oidc_entrance     signing in by a provider: to it and back
oidc_provider     an OpenID Connect provider, asked who somebody is
oidc_state        what a browser keeps while it is at the provider
opened            a home that the server has opened: store, files, engine, settings
password_line     passwords checked a few at a time
plain_page        the frame of pages without Gradio
readiness         whether the server can do its work now
refusal_pages     refusals: a page for people, JSON for programs
refusals          errors of the use cases as answers
security_headers  headers that every answer carries
server            the server: guard in front, routes, Gradio's pages behind
who               which account asks
"""
