"""The tables. Moments and spans are integers in microseconds, days are proleptic ordinals, sets are JSON arrays.

Integers because SQLite has no time type, sums of them are exact, and a contribution that is taken back leaves nothing.
A column named as a field of the model holds that field. Rollup keys start with the project, then the day: both "all
projects since" and "one project since" read a contiguous piece per project.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table

VERSION = 1
"""Of the tables below; a change here needs a step in `migrations.py`."""

metadata = MetaData()


def _key(name: str) -> Column[int]:
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)


def _time(name: str) -> Column[int]:
    return Column(name, BigInteger)


def _text(name: str) -> Column[str]:
    return Column(name, String, nullable=False, default="")


def _sum(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, default=0)


about = Table(
    "about",
    metadata,
    _key("id"),
    Column("version", Integer, nullable=False),
    _sum("pruned_before"),
)
"""One row: the version of the schema, and the moment before which raw rows are gone (0: none were pruned)."""

projects = Table(
    "projects",
    metadata,
    _key("id"),
    _text("path"),
    _text("web_url"),
    Column("default_branch", String),
    Column("archived", Boolean, nullable=False),
    Column("storage", String),
    Column("present", Boolean, nullable=False),
)
"""`present` turns false when the project left the fleet; its history stays."""

pipelines = Table(
    "pipelines",
    metadata,
    _key("id"),
    Column("iid", BigInteger, nullable=False),
    Column("project_id", BigInteger, nullable=False),
    _text("ref"),
    _text("sha"),
    _text("status"),
    _text("source"),
    Column("created_at", BigInteger, nullable=False),
    _time("updated_at"),
    _time("started_at"),
    _time("finished_at"),
    _time("duration"),
    _time("queued"),
    _text("user"),
    _text("web_url"),
    _text("failure_reason"),
    _text("name"),
    Column("tag", Boolean),
    _text("kind"),
    _time("superseded_at"),
    Column("counted", String),
    Index("ix_pipelines_project", "project_id", "created_at", "id"),
    Index("ix_pipelines_ref", "project_id", "ref", "created_at", "id"),
    Index("ix_pipelines_status", "status"),
)
"""`kind` is the branch kind when first seen, `superseded_at` when the next push to the same ref made its pipeline."""

jobs = Table(
    "jobs",
    metadata,
    _key("id"),
    Column("pipeline_id", BigInteger, nullable=False),
    Column("project_id", BigInteger, nullable=False),
    _text("name"),
    _text("stage"),
    _text("status"),
    _text("ref"),
    _time("created_at"),
    _time("started_at"),
    _time("finished_at"),
    _time("duration"),
    _time("queued"),
    Column("allow_failure", Boolean, nullable=False),
    Column("retried", Boolean),
    _text("failure_reason"),
    Column("runner_id", BigInteger),
    _text("runner"),
    _text("tags"),
    Column("needs", String),
    _text("user"),
    _text("web_url"),
    Column("downstream", BigInteger),
    Column("tag", Boolean),
    Column("log_due", Boolean, nullable=False, default=False),
    Column("counted", String),
    Index("ix_jobs_pipeline", "pipeline_id"),
    Index("ix_jobs_log_due", "log_due", "finished_at"),
)
"""`log_due`: it ran and finished, and nobody has read its log."""

cache_uses = Table(
    "cache_uses",
    metadata,
    _key("job_id"),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("project_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    _text("key"),
    _text("outcome"),
    _text("via"),
    _text("reason"),
    _time("seconds"),
    Index("ix_cache_uses_evidence", "project_id", "outcome", "at"),
)
"""Each configured cache of a job, in log order; `at` is when the job finished, `seconds` the span of the restore."""

runners = Table(
    "runners",
    metadata,
    _key("id"),
    _text("description"),
    _text("kind"),
    _text("status"),
    Column("paused", Boolean, nullable=False),
    _text("tags"),
    Column("run_untagged", Boolean),
    _time("contacted_at"),
    _text("version"),
)

environments = Table(
    "environments",
    metadata,
    _key("id"),
    Column("project_id", BigInteger, nullable=False, index=True),
    _text("name"),
    _text("tier"),
    _text("state"),
    _text("external_url"),
)

deployments = Table(
    "deployments",
    metadata,
    _key("id"),
    Column("iid", BigInteger, nullable=False),
    Column("project_id", BigInteger, nullable=False),
    _text("environment"),
    _text("status"),
    _text("ref"),
    _text("sha"),
    Column("created_at", BigInteger, nullable=False),
    _time("updated_at"),
    _time("finished_at"),
    _text("user"),
    Column("job_id", BigInteger),
    _text("job_name"),
    Column("job_status", String),
    Column("pipeline_id", BigInteger),
    Index("ix_deployments_environment", "project_id", "environment", "created_at", "id"),
)

bookmarks = Table(
    "bookmarks",
    metadata,
    _key("project_id"),
    Column("kind", String, primary_key=True),
    _time("newest"),
    Column("cursor", String),
    Column("complete", Boolean, nullable=False),
    _time("reached"),
)

duration_days = Table(
    "duration_days",
    metadata,
    _key("project_id"),
    Column("whole", Boolean, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("job", String, primary_key=True),
    Column("running", LargeBinary, nullable=False),
    Column("queued", LargeBinary, nullable=False),
    _sum("succeeded"),
    _sum("failed"),
    sqlite_with_rowid=False,
)
"""Sketches (`sketches.py`) of whole pipelines (`whole`, `job` empty) and of single jobs."""

cache_days = Table(
    "cache_days",
    metadata,
    _key("project_id"),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("job", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("via", String, primary_key=True),
    Column("reason", String, primary_key=True),
    _sum("count"),
    _sum("seconds"),
    sqlite_with_rowid=False,
)

spend_days = Table(
    "spend_days",
    metadata,
    _key("project_id"),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("tags", String, primary_key=True),
    Column("branch", String, primary_key=True),
    Column("user", String, primary_key=True),
    _sum("running"),
    _sum("jobs"),
    _sum("retried"),
    _sum("superseded"),
    sqlite_with_rowid=False,
)
"""Job time; `running`, `retried` and `superseded` are spans."""
