"""Where the bytes of clips live: a port, and the disk behind it."""
