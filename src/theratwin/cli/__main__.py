"""``python -m theratwin.cli``."""

from theratwin.cli.program import main

main()
