"""Speech to text: one port, two engines (faster-whisper, openai-whisper), captions, models.

The only package that imports Whisper, and only inside functions: a web process may import
all of this on a host without an engine. Settings come as arguments; the environment, the
database and jobs are left to the caller.
"""
