"""Job logs in the form that runners write them."""
