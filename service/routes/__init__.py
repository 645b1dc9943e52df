"""HTTP: each file one noun; they join requests to the desk, the bench and the workflows."""
