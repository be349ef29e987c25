"""The demo: an invented organisation with a story, and a tour through it. Never in production."""
