"""The REST API, one module for each part of it; `routes` collects them."""
