"""Times as Go writes them in JSON."""

from datetime import UTC, datetime


def rfc3339(t: float) -> str:
    """RFC 3339 in UTC with microseconds, of Unix seconds."""
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
