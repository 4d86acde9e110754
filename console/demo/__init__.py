"""A simulated platform that speaks GitLab's, Docker's and Prometheus' own protocols on loopback.

It shares no code with the client, so that each checks the other: what both believe was written twice, from the
contract. `world/` is what exists and happens; `gitlab/`, `docker_api.py` and `prometheus_api.py` say it over HTTP;
`platform.py` runs them.
"""
