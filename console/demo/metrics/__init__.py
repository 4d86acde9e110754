"""The simulated fleet's metrics as a `SeriesStore`: functions of (world, time), computed where a query looks.

Nothing is scraped in the background: a counter is a closed form or a cached sum, so a sample of 90 days ago costs
what one of now costs. `flows` says how amounts pile up, `curves` makes series of them, and `services`, `runners` and
`platform` say which series there are.
"""

from console.demo.metrics.store import MetricStore

__all__ = ["MetricStore"]
