"""Where the bytes of clips live: a port, and behind it a folder or a bucket."""
