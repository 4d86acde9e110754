"""Prometheus' HTTP API v1 over the world's series."""

from console.demo.prometheus_api.app import prometheus_app

__all__ = ["prometheus_app"]
