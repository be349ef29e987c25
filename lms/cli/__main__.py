"""`python -m lms.cli`: the same as the console script, where that is not on the path."""

from lms.cli import main

main()
