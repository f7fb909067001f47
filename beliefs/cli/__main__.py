"""`python -m beliefs.cli`: the same as the command `beliefs`."""

from beliefs.cli import main

main()
