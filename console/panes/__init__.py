"""The panes, one file each. A new pane is one board, one file here and one line in PANES."""

from .base import PaneKind
from .builds import BUILDS
from .cache import CACHE
from .pipelines import PIPELINES
from .rollouts import ROLLOUTS
from .spend import SPEND

PANES: tuple[PaneKind, ...] = (PIPELINES, BUILDS, CACHE, SPEND, ROLLOUTS)
