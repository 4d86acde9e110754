"""A page is opened where there is a desktop, and nowhere else."""

from pathlib import Path

import pytest

from console.widgets.browser import open_page, opener


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A desktop whose opener writes down what it is given."""
    program = tmp_path / "xdg-open"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/opened"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return {"DISPLAY": ":0", "PATH": str(tmp_path)}


async def test_on_a_desktop_its_opener_is_given_the_page(desktop: dict[str, str], tmp_path: Path) -> None:
    assert await open_page("https://gitlab.example/a?b=c d", desktop)
    assert (tmp_path / "opened").read_text() == "https://gitlab.example/a?b=c d\n"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "--help", ""])
async def test_what_is_no_web_page_is_not_opened(desktop: dict[str, str], tmp_path: Path, link: str) -> None:
    assert not await open_page(link, desktop)
    assert not (tmp_path / "opened").exists()


async def test_over_ssh_and_without_a_desktop_nothing_is_started(desktop: dict[str, str]) -> None:
    assert opener({**desktop, "SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, "linux") is None
    assert opener({"PATH": desktop["PATH"]}, "linux") is None
    assert not await open_page("https://gitlab.example", {"PATH": desktop["PATH"]})


async def test_an_opener_that_fails_opened_nothing(desktop: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "xdg-open").write_text("#!/bin/sh\nexit 3\n")
    assert not await open_page("https://gitlab.example", desktop)
