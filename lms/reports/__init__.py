"""Pages over several areas: counts and progress, never a clip or a coaching note."""
