"""Runners, from wherever the token may see them."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from console.ports import SourceError, Trouble
from tests.sources.gitlab.lab import NOW, Lab, connection, data, errors

FORBIDDEN = httpx.Response(403, json={"message": "403 Forbidden"})
HIDDEN = errors("The resource that you are attempting to access does not exist or you don't have permission")
OLD = errors("Field 'tagList' doesn't exist on type 'CiRunner'")


def row(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"gid://gitlab/Ci::Runner/{number}",
        "description": f"runner-{number}",
        "runnerType": "GROUP_TYPE",
        "status": "ONLINE",
        "paused": False,
        "tagList": ["docker", "gpu"],
        "runUntagged": True,
        "contactedAt": None,
        "managers": {"nodes": [{"version": "18.9.0", "contactedAt": "2026-03-01T11:59:00Z"}]},
        **fields,
    }


async def test_runners_of_instance_groups_and_projects_come_once_each(lab: Lab) -> None:
    lab.graphql = [
        data(runners=connection([row(1)], "MORE")),
        data(runners=connection([row(2)])),
        data(group={"runners": connection([row(1), row(3, status="SLEEPING", runnerType="")])}),
        data(project={"runners": connection([row(4)])}),
    ]
    source = lab.source(projects=("me/x",))
    found = await source.runners()
    assert [one.id for one in found] == [1, 2, 3, 4]
    first = found[0]
    assert (first.kind, first.status, first.tags, first.version) == (
        "group_type",
        "online",
        ("docker", "gpu"),
        "18.9.0",
    )
    assert first.contacted_at == NOW - timedelta(minutes=1)
    assert found[2].status == "sleeping"
    assert source.degraded == ()


async def test_places_whose_runners_are_hidden_are_told_and_the_rest_is_shown(lab: Lab) -> None:
    lab.graphql = [HIDDEN, data(group={"runners": connection([row(3)])}), data(group=None)]
    source = lab.source(groups=("llm", "web"))
    assert [one.id for one in await source.runners()] == [3]
    assert source.degraded == (
        "The runners of the instance are hidden from this token",
        "The runners of web are hidden from this token",
    )


async def test_a_filter_an_old_server_does_not_know_is_left_out(lab: Lab) -> None:
    complaint = (
        "Argument 'membership' on Field 'runners' has an invalid value (ALL_AVAILABLE). "
        "Expected type 'CiRunnerMembershipFilter'."
    )
    lab.graphql = [HIDDEN, errors(complaint), data(group={"runners": connection([row(3)])})]
    assert [one.id for one in await lab.source().runners()] == [3]
    assert "ALL_AVAILABLE" not in lab.documents[-1]["query"]


async def test_a_failure_is_not_taken_for_hidden_runners(lab: Lab) -> None:
    lab.graphql = [httpx.Response(500, text="")]
    with pytest.raises(SourceError) as caught:
        await lab.source().runners()
    assert caught.value.trouble is Trouble.BROKEN


async def test_an_administrator_of_an_old_server_sees_all_by_rest_with_tags(lab: Lab) -> None:
    lab.graphql = [OLD]
    lab.routes["runners/all"] = [{"id": 6, "description": "six", "status": "online", "runner_type": "instance_type"}]
    lab.routes["runners/6"] = {"id": 6, "tag_list": ["ruby"], "run_untagged": False, "version": "15.11.0"}
    source = lab.source()
    for _ in range(2):
        (found,) = await source.runners()
        assert (found.tags, found.run_untagged, found.version, found.status) == (("ruby",), False, "15.11.0", "online")
    assert lab.paths().count("runners/6") == 1


async def test_others_on_an_old_server_see_their_own_and_their_groups_runners(lab: Lab) -> None:
    lab.graphql = [OLD]
    lab.routes["runners/all"] = FORBIDDEN
    lab.routes["runners"] = [{"id": 1, "status": "online"}]
    lab.routes["groups/llm/runners"] = [{"id": 1, "status": "online"}, {"id": 2, "status": "offline"}]
    lab.routes["projects/me%2Fx/runners"] = FORBIDDEN
    lab.routes["runners/1"] = FORBIDDEN
    lab.routes["runners/2"] = {"id": 2, "tag_list": ["a"]}
    source = lab.source(projects=("me/x",))
    assert [(one.id, one.status, one.tags) for one in await source.runners()] == [
        (1, "online", ()),
        (2, "offline", ("a",)),
    ]
    assert any("me%2Fx" in told for told in source.degraded)
