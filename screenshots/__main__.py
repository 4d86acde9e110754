"""`python -m screenshots`: draw every pane into this folder."""

from .draw import main

main()
