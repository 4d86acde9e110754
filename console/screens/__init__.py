"""What is pushed on top of the panes."""
