"""The learning loop on the web: lessons, recorder, takes, feedback, inbox, compare."""
