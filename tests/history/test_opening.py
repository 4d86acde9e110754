"""Opening: rights, upgrades, and what an operator is told when it fails."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from console.history import migrations, schema
from console.history.errors import HistoryError, reason
from console.history.local import open_history
from console.ports import Trouble
from tests.fakes import project

as_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


async def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    first = open_history(tmp_path / "h.db")
    await first.save_projects([project()])
    first.close()
    again = open_history(f"sqlite:///{tmp_path}/h.db")
    assert await again.projects() == (project(),)
    again.close()


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "console" / "h.db"
    history = open_history(path)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    history.close()
    assert modes == {"h.db": 0o600, "h.db-wal": 0o600, "h.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    path.touch(mode=0o644)
    open_history(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(HistoryError, match="postgresql is not supported") as caught:
        open_history("postgresql://user:hunter2@db/console")
    assert caught.value.trouble is Trouble.UNSUPPORTED
    assert "hunter2" not in str(caught.value)


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are not the rows you look for\n" * 100)
    with pytest.raises(HistoryError, match=r"notes\.txt is not a history") as caught:
        open_history(path)
    assert "Move the file away" in caught.value.remedy


def test_a_database_of_something_else_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name)")
    with pytest.raises(HistoryError, match="database of something else"):
        open_history(path)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


async def test_a_damaged_file_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    history = open_history(path)
    await history.save_projects([project(id, f"llm/{id}") for id in range(1, 2000)])
    history.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(HistoryError, match=r"h\.db is damaged"):
        await read_all(path)


async def read_all(path: Path) -> None:
    history = open_history(path)
    try:
        await history.projects()
    finally:
        history.close()


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="is not a file"):
        open_history(tmp_path)


def test_a_path_through_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HistoryError, match="cannot be made: Not a directory") as caught:
        open_history(tmp_path / "file" / "state" / "h.db")
    assert caught.value.trouble is Trouble.FORBIDDEN


@as_root
def test_a_folder_without_rights_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(HistoryError, match="cannot be made: Permission denied"):
        open_history(tmp_path / "h.db")


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("attempt to write a readonly database", "cannot be written"),
        ("database or disk is full", "the disk is full"),
        ("disk I/O error", "the disk fails"),
        ("database is locked", "held by another program"),
    ],
)
def test_what_the_database_says_is_put_in_an_operators_words(message: str, text: str) -> None:
    found = reason(message)
    assert found is not None
    assert text in found[1]
    assert found[2], "and there is a remedy"


def test_a_mistake_of_ours_is_not_explained_away() -> None:
    assert reason("near SELEC: syntax error") is None


def test_a_newer_history_asks_for_a_newer_console(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    open_history(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE about SET version = 99")
    with pytest.raises(HistoryError, match="has version 99") as caught:
        open_history(path)
    assert "Upgrade this console" in caught.value.remedy


def test_steps_run_in_order_from_the_version_found(tmp_path: Path) -> None:
    ran: list[int] = []

    def step(number: int) -> migrations.Step:
        def run(connection: Connection) -> None:
            ran.append(number)
            connection.exec_driver_sql(f"ALTER TABLE projects ADD COLUMN added_{number} TEXT")

        return run

    open_history(tmp_path / "h.db").close()
    engine = create_engine(f"sqlite:///{tmp_path}/h.db")
    steps = (step(1), step(2), step(3))
    for known in (2, 3, 3):
        with engine.begin() as connection:
            migrations.upgrade(connection, "h.db", steps[:known])
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT version FROM about").scalar() == 4
    engine.dispose()
    assert ran == [1, 2, 3]


def test_the_schema_is_of_the_version_that_the_steps_lead_to() -> None:
    assert len(migrations.STEPS) + 1 == schema.VERSION
