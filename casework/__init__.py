"""The words and the rules of the programme; pure."""
