"""The course domain: lessons, takes, feedback, and who may see which. No web framework."""
