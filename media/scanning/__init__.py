"""Looks for viruses in a received file before any program of ours opens it. Optional.

- `port`: what we need of a scanner, and how it can fail to answer
- `clamd`: ClamAV's daemon, over a socket

No scanner is wired in by default. Where one is, it fails closed: no answer means that the file
waits, unopened and unserved. What happens with the file then is left to the job that asked.
"""
