"""Pictures of every pane, made by `python -m screenshots`."""
