"""Prometheus, or what speaks its API: Thanos, Mimir, VictoriaMetrics."""

from .facts import PrometheusFacts
from .source import PrometheusSource

__all__ = ["PrometheusFacts", "PrometheusSource"]
