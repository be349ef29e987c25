"""Everything that happens to a recorded file before anybody watches it: look, refuse, convert.

This package is the only one that imports `ffmpeg` (ffmpeg-python) and the only one that starts
the ffmpeg programs. It reads one file, writes into one folder the caller made, and knows no
database, storage or person: moving the results into storage and telling the maker about a refusal
are left to the caller.

- `errors`: the codes that come out when a file is refused or processing stops
- `limits`: what a file may be and what a program may use
- `arguments`: argument lists, built with ffmpeg-python, never without the input guards
- `sandbox`, `runner`: where and how a program runs
- `sniff`, `probe`, `tracks`: is this media, and what is in it
- `plan`, `sound`, `commands`, `normalise`, `peaks`: make it playable everywhere
"""
