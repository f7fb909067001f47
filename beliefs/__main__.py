"""`python -m beliefs`: the same as the command `beliefs`."""

from beliefs.cli import main

main()
