"""Every form a git remote has, and what it says of GitLab."""

import subprocess
from pathlib import Path

import pytest

from console.cli.init.remotes import Remote, parse, remotes


@pytest.mark.parametrize(
    ("address", "url", "path"),
    [
        ("https://gitlab.example.com/llm/agent-brain.git", "https://gitlab.example.com", "llm/agent-brain"),
        ("https://gitlab.example.com/llm/agent-brain", "https://gitlab.example.com", "llm/agent-brain"),
        ("https://gitlab.example.com:8443/a/b/c.git/", "https://gitlab.example.com:8443", "a/b/c"),
        ("http://gitlab.local/a/b.git", "http://gitlab.local", "a/b"),
        ("https://me:s3cr3t@gitlab.example.com/a/b.git", "https://gitlab.example.com", "a/b"),
        ("https://oauth2@GitLab.Example.com/a/b.git", "https://gitlab.example.com", "a/b"),
        ("ssh://git@gitlab.example.com/a/b.git", "https://gitlab.example.com", "a/b"),
        ("ssh://git@gitlab.example.com:2222/a/b.git", "https://gitlab.example.com", "a/b"),
        ("git@gitlab.example.com:a/b.git", "https://gitlab.example.com", "a/b"),
        ("gitlab.example.com:a/b/c.git", "https://gitlab.example.com", "a/b/c"),
        ("git@gitlab.example.com:/a/b.git", "https://gitlab.example.com", "a/b"),
        ("git@altssh.gitlab.com:a/b.git", "https://gitlab.com", "a/b"),
        ("https://[2001:db8::1]:8443/a/b.git", "https://[2001:db8::1]:8443", "a/b"),
        ("git@[2001:db8::1]:a/b.git", "https://[2001:db8::1]", "a/b"),
        ("https://gitlab.example.com/a/b%2Dc.git", "https://gitlab.example.com", "a/b-c"),
    ],
)
def test_an_address_gives_the_server_and_the_project(address: str, url: str, path: str) -> None:
    found = parse(address)
    assert found
    assert (found.url, found.path) == (url, path)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/srv/git/a/b.git",
        "../b.git",
        "file:///srv/a/b.git",
        "C:\\repos\\b",
        "c:/repos/b",
        "git@github.com:a/b.git",
        "https://github.com/a/b",
        "https://me@dev.azure.com/a/b",
        "https://gitlab.example.com/",
        "https://gitlab.example.com:port/a/b",
        "https://[::1/a/b",
        "rsync://h/a/b",
    ],
)
def test_what_is_no_gitlab_gives_nothing(address: str) -> None:
    assert parse(address) is None


def test_a_repository_names_its_remotes_with_origin_first(tmp_path: Path) -> None:
    for command in (
        ["init", "-q"],
        ["remote", "add", "backup", "git@backup.example.com:x/y.git"],
        ["remote", "add", "origin", "git@gitlab.example.com:a/b.git"],
        ["remote", "add", "same", "ssh://git@gitlab.example.com/a/b.git"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    assert remotes(tmp_path) == (
        Remote("https://gitlab.example.com", "a/b", over_http=False),
        Remote("https://backup.example.com", "x/y", over_http=False),
    )


def test_no_repository_and_no_git_are_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert remotes(tmp_path) == ()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert remotes(tmp_path) == ()
