"""The application: pages and HTTP routes, use cases, files, and the worker that runs rounds."""
