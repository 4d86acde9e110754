"""Small parts that several panes share."""
