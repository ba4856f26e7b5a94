"""The pages that people see, built with Gradio around our own elements.

annotate     the annotator's page
cameras      the page Cameras
elements     our own elements inside Gradio
launch_form  the form that launches a round
lead         the lead's page
lead_view    what the lead's page shows
leads_only   pages for leads alone
look         theme and header
review       accepted persons one after the other, for reviewers
sheet        the contact sheet's page
starts_view  what it shows of the networks that annotators may begin from
team         one's own account and, for leads, everybody's
"""
