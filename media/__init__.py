"""Recordings: uploads, storage, ffmpeg, Whisper and captions. Knows no people and no courses."""
