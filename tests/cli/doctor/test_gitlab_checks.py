"""What doctor makes of a GitLab."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from console.cli.doctor.check import Check, Verdict
from console.cli.doctor.gitlab import CHECKS, checks, of_facts
from console.config import GitLabConfig
from console.model.pipelines import Project
from console.ports import FleetPage, SourceError, Trouble
from console.secrets import SecretRef
from console.secrets.lookup import SecretError
from console.sources.gitlab import GitLabFacts

TODAY = date(2026, 3, 18)
GOOD = GitLabFacts(
    url="https://gitlab.example.com",
    encrypted=True,
    version="18.9.1-ee",
    username="ops",
    token_name="console",
    scopes=("read_api",),
    expires_on=date(2026, 12, 31),
    token_active=True,
    clock_skew=timedelta(seconds=1),
    requests_limit=2000,
    requests_left=1900,
    complexity_limit=250,
)
OK, WARN, FAIL, SKIP = Verdict.OK, Verdict.WARN, Verdict.FAIL, Verdict.SKIP


CONFIG = GitLabConfig(GOOD.url, SecretRef(env="GITLAB_TOKEN"), groups=("LLM",), projects=("tools/bot",))
PAGE = FleetPage((Project(1, "llm/agent-brain"), Project(2, "tools/bot")), (), None)


@dataclass
class FakeGitLab:
    facts: GitLabFacts | SourceError = GOOD
    page: FleetPage | SourceError = PAGE

    async def examine(self) -> GitLabFacts:
        if isinstance(self.facts, SourceError):
            raise self.facts
        return self.facts

    async def fleet(self, cursor: str | None = None) -> FleetPage:
        if isinstance(self.page, SourceError):
            raise self.page
        return self.page


async def of(source: FakeGitLab) -> dict[str, Check]:
    return {check.name: check for check in await checks(source, TODAY, CONFIG)}


def verdict(facts: GitLabFacts, name: str) -> Verdict:
    return next(check.verdict for check in of_facts(facts, TODAY) if check.name == name)


async def test_a_good_gitlab_passes_every_check() -> None:
    found = await of(FakeGitLab())
    assert tuple(found) == CHECKS
    assert {check.verdict for check in found.values()} == {OK}
    assert not any(check.remedy for check in found.values())


@pytest.mark.parametrize(
    ("change", "name", "expected"),
    [
        ({"scopes": ("read_repository",)}, "rights", FAIL),
        ({"scopes": ()}, "rights", WARN),
        ({"scopes": ("api",)}, "rights", OK),
        ({"token_active": False}, "authenticated", FAIL),
        ({"token_active": None, "username": ""}, "authenticated", OK),
        ({"expires_on": date(2026, 3, 18)}, "expiry", FAIL),
        ({"expires_on": date(2026, 3, 31)}, "expiry", WARN),
        ({"expires_on": date(2026, 4, 1)}, "expiry", OK),
        ({"expires_on": None}, "expiry", OK),
        ({"version": "15.10.8"}, "version", FAIL),
        ({"version": "15.11.0"}, "version", OK),
        ({"version": "9.11.0"}, "version", FAIL),
        ({"version": ""}, "version", WARN),
        ({"clock_skew": timedelta(seconds=-31)}, "clock", WARN),
        ({"clock_skew": timedelta(seconds=30)}, "clock", OK),
        ({"clock_skew": None}, "clock", SKIP),
        ({"requests_left": 199}, "rate limit", WARN),
        ({"requests_left": None, "requests_limit": None}, "rate limit", OK),
        ({"complexity_limit": None}, "graphql", WARN),
        ({"encrypted": False, "url": "http://gitlab.example.com"}, "tls", WARN),
        ({"encrypted": False, "url": "http://127.0.0.1:8080/gitlab"}, "tls", OK),
    ],
)
def test_limits_are_where_they_should_be(change: dict[str, object], name: str, expected: Verdict) -> None:
    assert verdict(replace(GOOD, **change), name) is expected  # type: ignore[arg-type]


def test_what_is_degraded_is_told_in_the_sources_words() -> None:
    found = [
        check for check in of_facts(replace(GOOD, degraded=("needs are missing",)), TODAY) if check.verdict is WARN
    ]
    assert [check.found for check in found] == ["needs are missing"]


@pytest.mark.parametrize(
    ("error", "failed", "held"),
    [
        (SourceError("no route", trouble=Trouble.UNREACHABLE), "reachable", set()),
        (SourceError("unknown CA", trouble=Trouble.TLS), "tls", {"reachable"}),
        (SourceError("401", trouble=Trouble.UNAUTHENTICATED), "authenticated", {"reachable", "tls"}),
        (SourceError("403", trouble=Trouble.FORBIDDEN), "rights", {"reachable", "tls", "authenticated"}),
        (SourceError("HTML", trouble=Trouble.BROKEN), "reachable", set()),
        (SecretError("GITLAB_TOKEN is not set", "export it"), "secrets", set()),
    ],
)
async def test_an_error_fails_the_check_it_speaks_of_and_skips_the_rest(
    error: SourceError, failed: str, held: set[str]
) -> None:
    found = await of(FakeGitLab(facts=error))
    assert set(found) <= set(CHECKS)
    assert found[failed].verdict is FAIL
    assert found[failed].found == str(error)
    assert found[failed].remedy
    assert {name for name, check in found.items() if check.verdict is OK} == held
    assert found["fleet"].verdict is SKIP


async def test_a_group_that_is_not_there_fails_the_fleet_alone() -> None:
    found = await of(FakeGitLab(page=SourceError("group lml does not exist", trouble=Trouble.MISSING)))
    assert {name for name, check in found.items() if check.verdict is not OK} == {"fleet"}
    assert "groups" in found["fleet"].remedy


async def test_a_group_or_project_that_hides_is_named_though_others_show() -> None:
    alone = FleetPage((Project(1, "llm-tools/x"), Project(2, "tools/bot")), (), None)
    told = await checks(FakeGitLab(page=alone), TODAY, CONFIG)
    assert [(check.verdict, check.found) for check in told if check.name == "fleet"] == [
        (OK, "2 projects visible, such as llm-tools/x"),
        (FAIL, "nothing is visible of LLM"),
    ]


async def test_an_empty_fleet_is_a_failure() -> None:
    found = await of(FakeGitLab(page=FleetPage((), (), None)))
    assert found["fleet"].verdict is FAIL
