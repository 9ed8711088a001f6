"""The research chat: `make app`, or `strata app`."""

from strata.screens.chat import main

main()
