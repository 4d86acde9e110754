"""The platform as a whole: three servers that come up, answer, fail on purpose and go away."""

import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from console.demo.__main__ import main
from console.demo.clock import FixedClock, RunningClock
from console.demo.faults import NAMES, Faults
from console.demo.platform import TOKEN_VARIABLE, Platform
from tests.demo.gitlab_client import NOON

PATIENCE = 30.0


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with Platform(clock=FixedClock(NOON)) as running:
        yield running


@pytest.fixture
def gitlab(platform: Platform) -> Iterator[httpx.Client]:
    headers = {"PRIVATE-TOKEN": platform.token}
    with httpx.Client(base_url=platform.urls.gitlab, headers=headers, timeout=PATIENCE) as client:
        yield client
    platform.faults.set(())


def test_all_three_servers_answer(platform: Platform, gitlab: httpx.Client) -> None:
    assert gitlab.get("/api/v4/version").status_code == 200
    assert httpx.get(f"{platform.urls.prometheus}/-/ready", timeout=PATIENCE).status_code == 200
    engine = platform.urls.docker.replace("tcp://", "http://")
    assert httpx.get(f"{engine}/_ping", timeout=PATIENCE).text == "OK"


def test_the_configuration_names_the_servers_and_no_secret(platform: Platform) -> None:
    text = platform.config_toml()
    demo = tomllib.loads(text)["contexts"]["demo"]
    assert demo["gitlab"] == {"url": platform.urls.gitlab, "token": {"env": TOKEN_VARIABLE}, "groups": ["llm"]}
    assert demo["docker"][0]["host"] == platform.urls.docker
    assert demo["prometheus"]["url"] == platform.urls.prometheus
    assert platform.token not in text


def test_a_path_with_an_encoded_slash_is_one_part(gitlab: httpx.Client) -> None:
    assert gitlab.get("/api/v4/projects/llm%2Fagent-brain").json()["id"] == 4001


@pytest.mark.parametrize(
    ("fault", "status", "kind", "text"),
    [
        ("5xx", 500, "application/json", "500 Internal Server Error"),
        ("429", 429, "text/plain", "Retry later"),
        ("429-app", 429, "application/json", "requested too many times"),
        ("html", 200, "text/html", "Sign in"),
        ("expired-token", 401, "application/json", "Token is expired"),
        ("gitlab-down", 503, "text/plain", "connect error"),
    ],
)
def test_a_fault_answers_as_the_real_thing_does(
    platform: Platform, gitlab: httpx.Client, fault: str, status: int, kind: str, text: str
) -> None:
    platform.faults.set({fault})
    response = gitlab.get("/api/v4/projects/4001")
    assert response.status_code == status
    assert response.headers["content-type"].startswith(kind)
    assert text in response.text


def test_only_the_middleware_says_when_to_come_back(platform: Platform, gitlab: httpx.Client) -> None:
    platform.faults.set({"429"})
    headers = gitlab.get("/api/v4/version").headers
    assert headers["Retry-After"] == "3"
    assert int(headers["RateLimit-Reset"]) == int(NOON) + 3
    platform.faults.set({"429-app"})
    assert "Retry-After" not in gitlab.get("/api/v4/version").headers


def test_a_truncated_answer_breaks_off(platform: Platform, gitlab: httpx.Client) -> None:
    platform.faults.set({"truncated"})
    with pytest.raises(httpx.RemoteProtocolError):
        gitlab.get("/api/v4/projects/4001")


def test_a_hanging_server_says_nothing(platform: Platform, gitlab: httpx.Client) -> None:
    platform.faults.set({"hang"})
    with pytest.raises(httpx.ReadTimeout):
        gitlab.get("/api/v4/version", timeout=0.3)


def test_one_server_fails_without_the_others(platform: Platform, gitlab: httpx.Client) -> None:
    platform.faults.set({"prometheus-down"})
    assert httpx.get(f"{platform.urls.prometheus}/-/ready", timeout=PATIENCE).status_code == 503
    assert gitlab.get("/api/v4/version").status_code == 200


def test_faults_are_switched_over_http_whatever_is_wrong(platform: Platform, gitlab: httpx.Client) -> None:
    platform.faults.set({"gitlab-down", "5xx"})
    assert gitlab.get("/__demo/faults").json() == {"faults": ["5xx", "gitlab-down"]}
    assert gitlab.post("/__demo/faults", json={"faults": []}).json() == {"faults": []}
    assert gitlab.get("/api/v4/version").status_code == 200


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"faults": ["nope"]}', b'{"faults": 3}'])
def test_a_fault_that_does_not_exist_changes_nothing(platform: Platform, gitlab: httpx.Client, body: bytes) -> None:
    platform.faults.set({"partial"})
    assert gitlab.post("/__demo/faults", content=body).status_code == 400
    assert platform.faults.active == {"partial"}


def test_an_unknown_fault_is_named_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match="no fault is called nope; there are 429,"):
        Faults({"nope"})
    assert Faults(NAMES).active == NAMES


def test_time_runs_as_fast_as_it_is_told() -> None:
    quick = RunningClock(speed=3600.0, start=NOON)
    first = quick.now()
    deadline = time.monotonic() + PATIENCE
    while quick.now() < first + 60:
        assert time.monotonic() < deadline
    assert quick.now() >= NOON + 60
    with pytest.raises(ValueError, match="speed"):
        RunningClock(speed=0)


def test_a_stopped_platform_gives_its_ports_back() -> None:
    platform = Platform(projects=1, clock=FixedClock(NOON))
    platform.start()
    url = platform.urls.gitlab
    assert httpx.get(f"{url}/api/v4/version", timeout=PATIENCE).status_code == 401
    platform.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/api/v4/version", timeout=PATIENCE)


@pytest.mark.parametrize("given", [["--fault", "nope"], ["--projects", "0"], ["--speed", "-1"]])
def test_wrong_arguments_end_with_2_and_a_sentence(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(given) == 2
    assert capsys.readouterr().err.startswith("console demo: ")


def test_the_program_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    ready = tmp_path / "ready.toml"
    command = [sys.executable, "-m", "console.demo", "--serve", "--projects", "3", "--port-file", str(ready)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready.exists():
            assert process.poll() is None, "it ended before it served"
            assert time.monotonic() < deadline, "it did not come up"
            time.sleep(0.02)
        url = tomllib.loads(ready.read_text())["contexts"]["demo"]["gitlab"]["url"]
        assert httpx.get(f"{url}/api/v4/version", timeout=PATIENCE).status_code == 401
    finally:
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert printed.strip() == ready.read_text().strip()
