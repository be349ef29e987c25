"""What the tests share: databases, an invented world, a browser that checks every page."""
