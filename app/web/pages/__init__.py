"""The pages that people see, built with Gradio around our own elements.

annotate  the annotator's page
cameras   the page Cameras
elements  our own elements inside Gradio
lead      the lead's page
look      theme and header
sheet     the contact sheet's page
"""
