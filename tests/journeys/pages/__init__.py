"""The screens as a person meets them. Each method does one thing and returns the next screen."""
