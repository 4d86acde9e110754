"""`console explain`: a file, standard input or a job's page, as a table or the documented JSON."""

import io
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from console.cli import main
from console.cli.explain import as_json, lines, of_job
from console.cli.guard import Failed
from console.cli.job_page import job_page, owner
from console.config import Config, Context, GitLabConfig, Loaded
from console.insight import joblog
from console.model.pipelines import Job, Status
from console.ports import LogPart, SourceError, Trouble
from console.secrets import SecretRef

TRACES = Path(__file__).parents[3] / "shared" / "gitlab" / "fixtures" / "traces"
LOG = b"""section_start:1700000000:restore_cache\r\x1b[0K\x1b[0K\x1b[36;1mRestoring cache\x1b[0;m
\x1b[32;1mChecking cache for main-npm...\x1b[0;m
No URL provided, cache will not be downloaded from shared cache server. Instead a local version of cache will be \
extracted.
\x1b[32;1mSuccessfully extracted cache\x1b[0;m
section_end:1700000006:restore_cache\r\x1b[0K
section_start:1700000006:step_script\r\x1b[0K
$ make
make: *** [all] Error 2
section_end:1700000016:step_script\r\x1b[0K
\x1b[31;1mERROR: Job failed: exit status 2
"""


def test_a_file_gives_the_documented_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "job.log"
    path.write_bytes(LOG)
    assert main(["explain", str(path), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["restore", "save", "overall", "sections", "first_error"]
    (restore,) = told["restore"]
    assert list(restore) == ["key", "outcome", "via", "fallback_attempt", "reason", "line"]
    assert (restore["key"], restore["outcome"], restore["via"]) == ("main-npm", "hit", "local")
    assert told["overall"] == "hit"
    assert told["sections"][0] == {"name": "restore_cache", "seconds": 6.0}
    assert told["first_error"]["text"] == "make: *** [all] Error 2"


def test_standard_input_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOG)))
    assert main(["explain", "-"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("cache: hit\n")
    assert "first error, line 8: make: *** [all] Error 2" in shown
    assert "\x1b" not in shown


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "/no/such.log"]) == 1
    assert "No such file" in capsys.readouterr().err


def test_hostile_keys_are_inert_in_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "job.log"
    path.write_bytes(LOG.replace(b"main-npm", "evil\x1b]0;t\x07\u202e[/x]".encode()))
    assert main(["explain", str(path)]) == 0
    shown = capsys.readouterr().out
    assert not set(shown) & {"\x1b", "\x07", "\u202e"}


def test_every_excerpt_with_known_truth_is_told_right() -> None:
    if not TRACES.is_dir():
        pytest.skip("the excerpts of ../shared are not here")
    for truth in json.loads((TRACES / "index.json").read_bytes())["excerpts"]:
        told = as_json(joblog.parse(lines(io.BytesIO((TRACES / truth["file"]).read_bytes()))))
        assert told["overall"] == truth["overall"], truth["file"]
        wanted = [{"key", "outcome", "via", "fallback_attempt"} & set(one) for one in truth["restore"]]
        assert len(told["restore"]) == len(truth["restore"]), truth["file"]
        for one, right, keys in zip(told["restore"], truth["restore"], wanted, strict=True):
            assert {key: one[key] for key in keys} == {key: right[key] for key in keys}, truth["file"]
        assert [one["outcome"] for one in told["save"]] == [one["outcome"] for one in truth["save"]], truth["file"]


@pytest.mark.parametrize(
    ("address", "base", "path", "job"),
    [
        ("https://gitlab.example.com/llm/agent-brain/-/jobs/42", "https://gitlab.example.com", "/llm/agent-brain", 42),
        ("https://h:8443/gitlab/a/b/c/-/jobs/7/raw", "https://h:8443", "/gitlab/a/b/c", 7),
        ("https://h/a/b/-/jobs/7?tab=log#L3", "https://h", "/a/b", 7),
        ("http://[::1]:8080/a/b/-/jobs/7/", "http://[::1]:8080", "/a/b", 7),
    ],
)
def test_a_jobs_page_is_taken_apart(address: str, base: str, path: str, job: int) -> None:
    page = job_page(address)
    assert page
    assert (page.base, page.path, page.job) == (base, path, job)


@pytest.mark.parametrize("address", ["https://h/a/b/-/pipelines/7", "https://h/-/jobs/7", "https://h:x/a/-/jobs/7"])
def test_another_page_is_none(address: str) -> None:
    assert job_page(address) is None
    assert main(["explain", address]) == 2


def loaded(**urls: str) -> Loaded:
    token = SecretRef(env="T")
    contexts = {name: Context(gitlab=GitLabConfig(url, token)) for name, url in urls.items()}
    return Loaded(Path("config.toml"), Config(contexts))


def test_the_context_whose_gitlab_serves_the_page_is_asked() -> None:
    config = loaded(a="https://a.example.com", root="https://h.example.com/gitlab", b="https://h.example.com:443")
    page = job_page("https://h.example.com/gitlab/llm/x/-/jobs/1")
    assert page
    gitlab, project = owner(config, page)
    assert (gitlab.url, project) == ("https://h.example.com/gitlab", "llm/x")
    gitlab, project = owner(config, page, "b")
    assert (gitlab.url, project) == ("https://h.example.com:443", "gitlab/llm/x")


def test_a_page_of_no_known_gitlab_names_those_that_are_known() -> None:
    page = job_page("https://other.example.com/a/b/-/jobs/1")
    assert page
    with pytest.raises(Failed, match="no context's GitLab is https://other") as raised:
        owner(loaded(a="https://a.example.com"), page)
    assert "https://a.example.com" in raised.value.remedy


@dataclass
class FakeJobs:
    """One job's log, given in ranges no longer than `most`."""

    log_bytes: bytes
    most: int = 512_000
    tells_total: bool = True
    asked: list[int] = field(default_factory=list)

    async def job(self, project: str | int, job_id: int) -> Job:
        assert project == "llm/agent-brain"
        return Job(job_id, 1, 9, "build", "build", Status.FAILED)

    async def log(self, project_id: int, job_id: int, *, offset: int = 0, limit: int = 512_000) -> LogPart:
        assert (project_id, job_id) == (9, 42)
        self.asked.append(offset)
        content = self.log_bytes[offset : offset + min(limit, self.most)]
        return LogPart(content, offset, len(self.log_bytes) if self.tells_total else None)


@pytest.mark.parametrize("tells_total", [True, False])
async def test_a_log_read_in_ranges_tells_what_the_whole_tells(tells_total: bool) -> None:
    jobs = FakeJobs(LOG, most=37, tells_total=tells_total)
    told = await of_job(jobs, "llm/agent-brain", 42)
    assert told == joblog.parse(lines(io.BytesIO(LOG)))
    assert len(jobs.asked) >= len(LOG) // 37


async def test_a_log_that_was_erased_is_the_sources_error() -> None:
    class Erased(FakeJobs):
        async def log(self, *_: Any, **__: Any) -> LogPart:
            raise SourceError("the log was erased", trouble=Trouble.MISSING)

    with pytest.raises(SourceError, match="erased"):
        await of_job(Erased(b""), "llm/agent-brain", 42)
