"""The pages that Gradio draws."""
