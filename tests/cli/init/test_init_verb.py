"""`console init` from start to file."""

import json
import stat
import threading
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from console.cli import init, main
from console.cli.guard import Failed
from console.cli.init import choose
from console.cli.init.ask import Asker
from console.cli.init.gitlab import Found
from console.config import read
from console.secrets import SecretRef

TOKEN = "glpat-Xy7Zq2Lm9Kp4Rt8Wv3Bn"
UNTESTED = ("init", "--yes", "--untested", "--no-docker", "--no-prometheus")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where init writes, on a machine where nothing is to be found."""
    for name in ("GITLAB_URL", "GITLAB_HOST", "CI_SERVER_URL", "GITLAB_TOKEN", "DOCKER_HOST", "PROMETHEUS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CONSOLE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("CONSOLE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("console.cli.init.prometheus.PORTS", ())
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config.toml"


@pytest.fixture
def prometheus() -> Iterator[str]:
    """A server that answers every instant query with one series."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = 1_700_000_000
            sample = {"metric": {}, "value": [at, "1"]}
            body = json.dumps({"status": "success", "data": {"resultType": "vector", "result": [sample]}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing on stderr."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def answering(*answers: str) -> tuple[Callable[[str], str], list[str]]:
    """A person with these answers, and the questions they were asked."""
    left, asked = list(answers), []

    def read(prompt: str) -> str:
        asked.append(prompt)
        return left.pop(0)

    return read, asked


def test_what_is_given_is_written_for_the_owner_alone(config: Path) -> None:
    assert (
        main([*UNTESTED, "--gitlab", "gitlab.example.com", "--token", "env T", "--group", "llm", "--name", "work"]) == 0
    )
    name, context = read(config).context()
    assert name == "work"
    assert context.gitlab
    assert (context.gitlab.url, context.gitlab.token) == ("https://gitlab.example.com", SecretRef(env="T"))
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


def test_with_nobody_to_ask_what_is_missing_is_named(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 2
    shown = capsys.readouterr().err
    assert "--gitlab URL" in shown
    assert "--token 'env NAME'" in shown
    assert not config.exists()


def test_the_environment_is_enough(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_URL", "https://example.com/gitlab")
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    assert main([*UNTESTED]) == 0
    assert TOKEN not in config.read_text()
    assert tomllib.loads(config.read_text()) == {
        "contexts": {"default": {"gitlab": {"url": "https://example.com/gitlab", "token": {"env": "GITLAB_TOKEN"}}}}
    }


def test_an_existing_config_needs_a_yes(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*UNTESTED, "--gitlab", "a.example.com", "--token", "env A"]) == 0
    before = config.read_text()
    assert main(["init", "--untested", "--no-docker", "--gitlab", "b.example.com", "--token", "env B"]) == 2
    shown = capsys.readouterr()
    assert '-url = "https://a.example.com"' in shown.out
    assert "--yes" in shown.err
    assert config.read_text() == before


def test_with_a_yes_other_contexts_and_settings_stay_and_the_old_file_is_kept(config: Path) -> None:
    config.write_text(
        'default_context = "a"\n[contexts.a.gitlab]\nurl = "https://a"\ntoken = {env = "A"}\n[ui]\nmouse = "off"'
    )
    before = config.read_text()
    assert main([*UNTESTED, "--gitlab", "b.example.com", "--token", "file ~/b", "--name", "b"]) == 0
    loaded = read(config).config
    assert list(loaded.contexts) == ["a", "b"]
    assert (loaded.default_context, loaded.ui.mouse) == ("a", "off")
    (kept,) = config.parent.glob("config.toml.*.bak")
    assert kept.read_text() == before


def test_the_same_again_changes_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [*UNTESTED, "--gitlab", "a.example.com", "--token", "command pass show 'a b'"]
    assert main(words) == main(words) == 0
    assert "as it should be" in capsys.readouterr().out
    assert not list(config.parent.glob("*.bak"))
    context = read(config).config.contexts["default"]
    assert context.gitlab
    assert context.gitlab.token.command == ("pass", "show", "a b")


def test_what_answers_is_tested_and_written(config: Path, prometheus: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--yes", "--no-gitlab", "--no-docker", "--prometheus", prometheus]) == 0
    assert "ok   reachable" in capsys.readouterr().out
    assert config.exists()


def test_what_does_not_answer_is_not_written(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--yes", "--no-gitlab", "--no-docker", "--prometheus", "http://127.0.0.1:1"]) == 1
    assert "fail reachable" in capsys.readouterr().out
    assert not config.exists()


def test_prometheus_is_found_at_a_usual_port(config: Path, prometheus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init.prometheus, "PORTS", (1, int(prometheus.rpartition(":")[2])))

    async def find() -> str:
        return await init.prometheus.find({}, init.prometheus.PORTS)

    import asyncio

    assert asyncio.run(find()) == prometheus.replace("127.0.0.1", "localhost")


def options(**given: Any) -> Any:
    import argparse

    parser = argparse.ArgumentParser()
    init.arguments(parser)
    parsed = parser.parse_args([])
    for name, value in given.items():
        setattr(parsed, name, value)
    return parsed


def test_a_person_is_asked_with_what_was_found_as_default() -> None:
    read_answer, asked = answering("", "", "llm, tools")
    found = Found("https://gitlab.example.com", "git remote", SecretRef(env="GITLAB_TOKEN"), ("llm",))
    made = choose.gitlab(Asker(True, read_answer), options(), (found,))
    assert made
    assert (made.url, made.token, made.groups) == (found.url, found.token, ("llm", "tools"))
    assert asked == [
        "GitLab (git remote) [https://gitlab.example.com]: ",
        "Token [env GITLAB_TOKEN]: ",
        "Groups, with commas (- for all projects of yours) [llm]: ",
    ]


def test_a_token_given_in_place_of_its_reference_is_refused_without_being_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    read_answer, _ = answering("gitlab.example.com", TOKEN, "keyring gitlab/me", "-")
    made = choose.gitlab(Asker(True, read_answer), options(), ())
    assert made
    assert made.token == SecretRef(keyring="gitlab/me")
    assert TOKEN not in capsys.readouterr().out


@pytest.mark.parametrize("words", [f"env {TOKEN}", f"command echo {TOKEN}", f"command echo '{TOKEN}", TOKEN, "env", ""])
def test_words_that_hold_the_token_itself_are_refused(words: str) -> None:
    with pytest.raises(Failed) as raised:
        choose.reference(words)
    assert TOKEN not in str(raised.value) + raised.value.remedy


def test_an_engine_may_be_declined_and_prometheus_left_out() -> None:
    from console.cli.init.docker import Found as FoundEngine
    from console.config import DockerConfig

    engines = (
        FoundEngine(DockerConfig("docker", "unix:///a"), "socket"),
        FoundEngine(DockerConfig("b", "unix:///b"), "x"),
    )
    read_answer, _ = answering("n", "perhaps", "y", "-")
    ask = Asker(True, read_answer)
    assert [one.name for one in choose.docker(ask, options(), engines)] == ["b"]
    assert choose.prometheus(ask, options(), "http://localhost:9090") is None


@pytest.mark.parametrize(
    "given", [{"docker": ["ftp://x"]}, {"docker": ["tcp://user:pw@h"]}, {"prometheus": "ftp://x"}, {"gitlab": "a b"}]
)
def test_an_address_that_is_none_is_wrong_usage(given: dict[str, Any]) -> None:
    with pytest.raises(Failed) as raised:
        choose.context(Asker(False), options(**{"no_docker": "docker" not in given, **given}), ((), (), ""))
    assert raised.value.code == 2


def test_the_end_of_input_is_as_good_as_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(KeyboardInterrupt):
        Asker(True).text("GitLab", option="--gitlab")
