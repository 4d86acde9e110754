"""What another database would be asked: every table and statement must be one that PostgreSQL understands."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Executable, create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from console.history import other_writer, pipeline_writer, reader, retention, schema, trends
from console.history.statements import add_up, upsert
from console.model.cache import CacheUse, Outcome
from console.ports import Bookmark
from tests.fakes import job, pipeline, project

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


class Spy:
    """A connection of one database that notes what each statement would be on PostgreSQL."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.dialect = DIALECT
        self.said: list[str] = []

    def _note(self, statement: Executable) -> Executable:
        self.said.append(str(statement.compile(dialect=DIALECT)))  # type: ignore[attr-defined]
        return statement

    def scalar(self, statement: Executable, *args: Any) -> Any:
        return self._connection.scalar(self._note(statement), *args)

    def scalars(self, statement: Executable, *args: Any) -> Any:
        return self._connection.scalars(self._note(statement), *args)

    def execute(self, statement: Executable, *args: Any) -> Any:
        self._note(statement)
        if "ON CONFLICT" in self.said[-1]:
            return None
        return self._connection.execute(statement, *args)


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_can_be_made_there(table: Any) -> None:
    assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=DIALECT))
    for index in table.indexes:
        assert "CREATE INDEX" in str(CreateIndex(index).compile(dialect=DIALECT))


def test_every_statement_can_be_said_there() -> None:
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    day, mark = date(2026, 1, 1), Bookmark(1, "jobs")
    with engine.begin() as connection:
        spy: Any = Spy(connection)
        pipeline_writer.save_projects(spy, [project()])
        pipeline_writer.keep_projects(spy, [1])
        pipeline_writer.save_pipelines(spy, [pipeline(1), pipeline(2)])
        pipeline_writer.save_jobs(spy, [job(1)])
        other_writer.save_cache(spy, job(1), [CacheUse("deps", Outcome.HIT)])
        other_writer.save_bookmark(spy, mark)
        retention.prune(spy, 2, 1)
        for read in (reader.projects, reader.active, reader.runners, reader.environments, reader.bookmarks):
            read(spy)
        reader.pipelines(spy, 1, "main", 5, 1)
        reader.latest(spy, 20)
        reader.jobs(spy, [1], None)
        reader.unread_logs(spy, 5, 0, [2])
        reader.deployments(spy, None, "prod", 5)
        reader.filled(spy)
        trends.durations(spy, day, None, True)
        trends.cache(spy, day, 1)
        trends.spend(spy, day, None)
        trends.cache_evidence(spy, 1, "deps", 5)
        upsert(spy, schema.bookmarks, [{"project_id": 1, "kind": "jobs", "complete": True}])
        add_up(spy, schema.spend_days, [{"project_id": 1, "day": 1, "tags": "", "branch": "", "user": "", "jobs": 1}])
    assert len(spy.said) > 30
    assert any("ON CONFLICT (project_id, kind) DO UPDATE" in one for one in spy.said)
