"""A config is written whole, for its owner alone, and never over another without a backup."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from console.config import Config, read
from console.config.write import backup, difference, to_toml, write

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
NOW = datetime(2026, 1, 31, 12, 0, 5, tzinfo=UTC)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_read_back_the_same() -> None:
    config = read(EXAMPLE).config
    assert msgspec.toml.decode(to_toml(config), type=Config) == config


def test_defaults_are_left_out() -> None:
    text = to_toml(read(EXAMPLE).config)
    assert "timeout_seconds" not in text
    assert "[sync]" not in text


def test_a_new_file_and_its_folder_are_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    write(path, "x = 1\n")
    assert path.read_text() == "x = 1\n"
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write(path, "new \udcff")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("old")
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    write(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_backups_never_take_each_others_place(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("first")
    first = backup(path, NOW)
    path.write_text("second")
    second = backup(path, NOW)
    assert (first.read_text(), second.read_text()) == ("first", "second")
    assert first.name == "config.toml.20260131-120005.bak"
    assert mode(second) == 0o600


def test_the_difference_is_a_unified_diff(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("a = 1\nb = 2")
    assert difference(path, "a = 1\nb = 2") == ""
    lines = difference(path, "a = 1\nb = 3\n").splitlines()
    assert lines[0] == f"--- {path}"
    assert "-b = 2" in lines
    assert "+b = 3" in lines
