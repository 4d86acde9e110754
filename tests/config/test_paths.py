"""Where things live, and what moves them."""

from pathlib import Path

from console.config import places


def test_the_option_wins_over_the_environment() -> None:
    env = {"CONSOLE_CONFIG": "/e/c.toml", "CONSOLE_DATA_DIR": "/d", "CONSOLE_STATE_DIR": "/s"}
    assert places(None, env).config == Path("/e/c.toml")
    chosen = places("/o/c.toml", env)
    assert chosen.config == Path("/o/c.toml")
    assert chosen.themes == Path("/o/themes")
    assert (chosen.history, chosen.crashes) == (Path("/d/history"), Path("/s/crashes"))


def test_without_either_the_systems_folders_are_used() -> None:
    usual = places(None, {})
    assert usual.config.name == "config.toml"
    assert usual.config.parent.name == "console"
    assert usual.data != usual.state
