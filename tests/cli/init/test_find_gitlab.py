"""GitLab is found where people have named it already, and its token only referred to."""

import subprocess
from pathlib import Path

import pytest

from console.cli.init.gitlab import find, glab_hosts, normal
from console.secrets import SecretRef

TOKEN = "glpat-Xy7Zq2Lm9Kp4Rt8Wv3Bn"
GLAB = f"""
git_protocol: ssh
# hosts of glab
hosts:
    gitlab.com:
        api_host: gitlab.com
        user: me
        token: {TOKEN}
    gitlab.example.com:
        api_protocol: http
        api_host: gitlab.example.com:8080
        token: !!null
    empty.example.com:
        token:
check_update: true
"""


def repository(folder: Path, remote: str) -> Path:
    folder.mkdir()
    for command in (["init", "-q"], ["remote", "add", "origin", remote]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    return folder


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("gitlab.example.com", "https://gitlab.example.com"),
        ("https://gitlab.example.com/", "https://gitlab.example.com"),
        ("http://h:8080/gitlab/", "http://h:8080/gitlab"),
        ("https://gitlab.example.com/api/v4", "https://gitlab.example.com"),
        ("https://me:x@h/gitlab", "https://h/gitlab"),
        ("", None),
        ("ftp://h", None),
        ("https://h:x", None),
        ("a b", None),
    ],
)
def test_an_address_is_brought_into_one_form(text: str, url: str | None) -> None:
    assert normal(text) == url


def test_the_repository_of_the_folder_comes_first_with_its_group(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", "git@gitlab.example.com:llm/sub/agent-brain.git")
    first, second = find(folder, {"GITLAB_HOST": "other.example.com", "GITLAB_TOKEN": TOKEN}, tmp_path)
    assert (first.url, first.groups, first.token) == (
        "https://gitlab.example.com",
        ("llm",),
        SecretRef(env="GITLAB_TOKEN"),
    )
    assert (second.url, second.source, second.token) == ("https://other.example.com", "$GITLAB_HOST", None)


@pytest.mark.parametrize(
    "remote", ["git@example.com:llm/agent-brain.git", "https://example.com/gitlab/llm/agent-brain.git"]
)
def test_a_relative_root_is_taken_from_the_environment(tmp_path: Path, remote: str) -> None:
    folder = repository(tmp_path / "r", remote)
    (only,) = find(folder, {"GITLAB_URL": "https://example.com/gitlab"}, tmp_path)
    assert (only.url, only.groups) == ("https://example.com/gitlab", ("llm",))


def test_hosts_of_glab_ask_glab_for_their_token(tmp_path: Path) -> None:
    config = tmp_path / ".config" / "glab-cli"
    config.mkdir(parents=True)
    (config / "config.yml").write_text(GLAB)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "glab").write_text("")
    (programs / "glab").chmod(0o755)
    found = {one.url: one for one in find(tmp_path, {"PATH": str(programs)}, tmp_path)}
    assert set(found) == {"https://gitlab.com", "http://gitlab.example.com:8080", "https://empty.example.com"}
    assert found["https://gitlab.com"].token == SecretRef(
        command=("glab", "config", "get", "token", "--host", "gitlab.com")
    )
    assert found["https://empty.example.com"].token is None


def test_without_glab_installed_its_hosts_have_no_token(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text(GLAB)
    found = find(tmp_path, {"GLAB_CONFIG_DIR": str(tmp_path), "PATH": ""}, tmp_path)
    assert {one.token for one in found} == {None}


def test_the_token_in_glabs_config_is_never_kept() -> None:
    assert TOKEN not in str(glab_hosts(GLAB))
    assert glab_hosts("no yaml at all\n\t:::") == {}


def test_nothing_named_is_nothing_found(tmp_path: Path) -> None:
    assert find(tmp_path, {}, tmp_path) == ()
