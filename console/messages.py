"""What panes ask of the app, and what they tell it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from .model.pipelines import Job


@dataclass
class LogRequested(Message):
    """Show a job's log."""

    job: "Job"
    project: str
    """Full path, for the breadcrumb."""


@dataclass
class PlaceChanged(Message):
    """The operator went deeper, back, or to another order or filter: the lines around the pane are out of date."""


@dataclass
class Notice(Message):
    """One sentence for the operator, shown briefly."""

    text: str
    severity: str = "information"
    """information, warning or error."""
