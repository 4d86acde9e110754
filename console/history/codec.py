"""Between the model and rows: moments and spans as integers, sets as JSON, enums as their words."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Column, Table

from ..model.pipelines import Job, Pipeline, Project, Runner, Status, Storage
from ..model.rollouts import Deployment, Environment
from ..ports import Bookmark
from . import schema

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime | None) -> int | None:
    """Microseconds since 1970 UTC; None stays None."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def at(value: int) -> datetime:
    """The aware UTC moment that `micros` wrote."""
    return _EPOCH + timedelta(microseconds=value)


def moment(value: int | None) -> datetime | None:
    """The same for what may be absent."""
    return None if value is None else at(value)


def span_micros(span: timedelta | None) -> int | None:
    """Whole microseconds of a span."""
    return None if span is None else span // _MICROSECOND


def span(value: int | None) -> timedelta | None:
    """The span that `span_micros` wrote."""
    return None if value is None else timedelta(microseconds=value)


def day_of(micros_at: int) -> int:
    """Ordinal of the UTC day that holds a moment: what the rollups call `day`."""
    return date(1970, 1, 1).toordinal() + micros_at // 86_400_000_000


def words(values: Sequence[str] | None) -> str | None:
    """A tuple of words as JSON; None stays None."""
    return None if values is None else json.dumps(list(values), ensure_ascii=False)


def unwords(text: str | None) -> tuple[str, ...] | None:
    """The tuple that `words` wrote."""
    return None if text is None else tuple(json.loads(text))


def _storage(storage: Storage | None) -> str | None:
    return None if storage is None else json.dumps(asdict(storage))


def _unstorage(text: str | None) -> Storage | None:
    return None if text is None else Storage(**json.loads(text))


def _status(word: str | None) -> Status | None:
    return None if word is None else Status(word)


Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]
_TIME: Codec = (micros, moment)
_SPAN: Codec = (span_micros, span)
_WORDS: Codec = (words, unwords)
_STATUS: Codec = (lambda status: status and status.value, _status)


class Record(Generic[T]):
    """One model class in one table: columns named as its fields, each with its way in and out."""

    def __init__(self, table: Table, model: type[T], **codecs: Codec) -> None:
        self.table = table
        self._make: Callable[..., T] = model
        self._names = tuple(field.name for field in fields(cast(Any, model)))
        self._codecs = tuple(codecs.get(name) for name in self._names)
        self.columns: tuple[Column[Any], ...] = tuple(table.c[name] for name in self._names)

    def row(self, value: T) -> dict[str, Any]:
        """Column values by name."""
        pairs = zip(self._names, self._codecs, strict=True)
        return {name: codec[0](getattr(value, name)) if codec else getattr(value, name) for name, codec in pairs}

    def value(self, row: Sequence[Any]) -> T:
        """The object whose `columns` lead `row`."""
        pairs = zip(row, self._codecs, strict=False)
        return self._make(*[codec[1](cell) if codec else cell for cell, codec in pairs])


_MOMENTS: Mapping[str, Codec] = {"created_at": _TIME, "updated_at": _TIME, "started_at": _TIME, "finished_at": _TIME}
_SPANS: Mapping[str, Codec] = {"duration": _SPAN, "queued": _SPAN}

PROJECT = Record(schema.projects, Project, storage=(_storage, _unstorage))
PIPELINE = Record(schema.pipelines, Pipeline, status=_STATUS, **_MOMENTS, **_SPANS)
JOB = Record(schema.jobs, Job, status=_STATUS, tags=_WORDS, needs=_WORDS, **_MOMENTS, **_SPANS)
RUNNER = Record(schema.runners, Runner, tags=_WORDS, contacted_at=_TIME)
ENVIRONMENT = Record(schema.environments, Environment)
DEPLOYMENT = Record(schema.deployments, Deployment, job_status=_STATUS, **_MOMENTS)
BOOKMARK = Record(schema.bookmarks, Bookmark, newest=_TIME, reached=_TIME)
