"""Parts of the demo-clip maker: speech, captions, motion, drawing and encoding."""
