"""Finds Prometheus, or what speaks its API: the environment, then the ports such servers usually have."""

import asyncio
import os
from collections.abc import Iterable, Mapping

from ...config import PrometheusConfig
from ...ports import SourceError
from .. import sources
from .gitlab import normal

PORTS = (9090, 9091, 8428, 10902)
"""Prometheus; its second instance or Thanos beside it; VictoriaMetrics; Thanos' querier."""
PROBE_SECONDS = 2.0


async def find(env: Mapping[str, str] = os.environ, ports: Iterable[int] = PORTS) -> str:
    """The URL in PROMETHEUS_URL, else of the first usual port on this machine that answers a query; empty: none."""
    if url := normal(env.get("PROMETHEUS_URL", "")):
        return url
    urls = [f"http://localhost:{port}" for port in ports]
    answers = await asyncio.gather(*(_answers(url) for url in urls))
    return next((url for url, answered in zip(urls, answers, strict=True) if answered), "")


async def _answers(url: str) -> bool:
    source = sources.metrics(PrometheusConfig(url, timeout_seconds=PROBE_SECONDS))
    try:
        await source.instant("vector(1)")
    except SourceError:
        return False  # nothing listens there, or something else does
    finally:
        await source.aclose()
    return True
