"""The doors: command line, pages and API over the same workflows."""
