"""The research chat: `make app`, or `strata app`."""

from strata.screens.frame import main

main()
