"""The two engines, each a `Listener`. Their packages are imported when a model is loaded."""
