"""The fleet by GraphQL: pages, sizes, many groups, named projects."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from console.model.pipelines import Project, Status, Storage
from console.ports import SourceError, Trouble
from tests.sources.gitlab.lab import HOST, NOW, TOKEN, Lab, connection, data, errors, json_of, pipeline_row, project_row

TOO_COMPLEX = errors("Query has complexity of 301, which exceeds max complexity of 250")


def group(rows: Sequence[object], onward: str | None = None, count: int | None = None) -> dict[str, object]:
    return {"projects": connection(list(rows), onward, count=len(rows) if count is None else count)}


async def test_one_request_tells_projects_and_their_newest_pipelines(lab: Lab) -> None:
    lab.graphql = [data(group=group([project_row(7, "llm/agent-brain", [pipeline_row(90), pipeline_row(89)])]))]
    page = await lab.source().fleet()
    assert page.projects == (
        Project(7, "llm/agent-brain", f"{HOST}/llm/agent-brain", "main", storage=Storage(10, 4, 5, None)),
    )
    newest = page.pipelines[0]
    assert (newest.id, newest.iid, newest.project_id, newest.status) == (90, 90, 7, Status.SUCCESS)
    assert newest.duration == timedelta(minutes=5)
    assert newest.queued == timedelta(seconds=2.5)
    assert newest.created_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert newest.web_url == f"{HOST}/llm/agent-brain/-/pipelines/90"
    assert (page.cursor, page.total, page.missing) == (None, 1, ())
    assert len(lab.requests) == 1
    assert lab.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_pages_go_on_through_groups_and_then_named_projects(lab: Lab) -> None:
    lab.graphql = [
        data(group=group([project_row(1, "llm/a")], "CURSOR", count=2)),
        data(group=group([project_row(2, "llm/b")], count=2)),
        data(group=group([project_row(3, "web/c")])),
        data(p0=project_row(4, "me/d", archived=True)),
    ]
    source = lab.source(groups=("llm", "web"), projects=("me/d",))
    pages = [await source.fleet()]
    while pages[-1].cursor:
        pages.append(await source.fleet(pages[-1].cursor))
    assert [project.path for page in pages for project in page.projects] == ["llm/a", "llm/b", "web/c", "me/d"]
    assert [one["variables"].get("after") for one in lab.documents] == [None, "CURSOR", None, None]
    assert [page.total for page in pages] == [None, None, 4, 4]


async def test_projects_inside_a_named_group_are_not_asked_for_twice(lab: Lab) -> None:
    lab.graphql = [data(group=group([]))]
    page = await lab.source(groups=("llm", "llm/sub", "/llm/"), projects=("llm/sub/x",)).fleet()
    assert page.cursor is None
    assert lab.documents[0]["variables"]["group"] == "llm"


async def test_without_groups_and_projects_the_fleet_is_what_one_is_a_member_of(lab: Lab) -> None:
    lab.graphql = [data(projects=connection([project_row(1, "me/x")], count=1))]
    page = await lab.source(groups=()).fleet()
    assert [project.path for project in page.projects] == ["me/x"]
    assert "membership: true" in lab.documents[0]["query"]


async def test_a_query_too_complex_is_asked_smaller_at_once_and_stays_smaller(lab: Lab) -> None:
    lab.graphql = [TOO_COMPLEX, TOO_COMPLEX, data(score=200, group=group([]))]
    source = lab.source()
    await source.fleet()
    await source.fleet()
    sizes = [(one["variables"]["first"], one["variables"]["each"]) for one in lab.documents]
    assert sizes == [(50, 5), (25, 5), (25, 1), (25, 1)]


async def test_the_page_grows_when_the_score_shows_that_more_fits(lab: Lab) -> None:
    lab.graphql = [data(score=60, limit=250, group=group([]))]
    source = lab.source()
    for _ in range(2):
        await source.fleet()
    assert [one["variables"]["first"] for one in lab.documents] == [50, 100]


async def test_a_refused_size_is_not_tried_again_however_low_the_score(lab: Lab) -> None:
    lab.graphql = [TOO_COMPLEX, data(score=1, group=group([]))]
    source = lab.source()
    for _ in range(4):
        await source.fleet()
    assert [one["variables"]["first"] for one in lab.documents] == [50, 25, 25, 25, 25]


async def test_a_server_that_bears_not_even_one_project_falls_back_to_rest(lab: Lab) -> None:
    lab.graphql = [TOO_COMPLEX]
    lab.routes["groups/llm/projects"] = [{"id": 7, "path_with_namespace": "llm/a", "default_branch": "main"}]
    lab.routes["projects/7/pipelines"] = [{"id": 1, "iid": 1, "status": "running", "ref": "main", "sha": "a"}]
    source = lab.source()
    page = await source.fleet()
    assert [project.path for project in page.projects] == ["llm/a"]
    assert page.pipelines[0].status is Status.RUNNING
    assert "Projects come by REST" in source.degraded[0]
    before = len(lab.documents)
    await source.fleet()
    assert len(lab.documents) == before


async def test_by_rest_groups_named_projects_and_what_is_hidden_come_the_same_way(lab: Lab) -> None:
    lab.graphql = [errors("Field 'fullPath' doesn't exist on type 'Project'")]
    lab.routes["groups/llm/projects"] = lambda request: httpx.Response(
        200,
        json=[{"id": int(request.url.params.get("page", "1")), "path_with_namespace": "llm/a"}],
        headers={"X-Next-Page": "" if "page" in request.url.params else "2"},
    )
    lab.routes["groups/gone/projects"] = httpx.Response(404, json={"message": "404 Group Not Found"})
    lab.routes["projects/me%2Fx"] = {"id": 9, "path_with_namespace": "me/x", "archived": True}
    for number in (1, 2, 9):
        lab.routes[f"projects/{number}/pipelines"] = httpx.Response(403, json={"message": "403 Forbidden"})
    source = lab.source(groups=("llm", "gone"), projects=("me/x",))
    pages = [await source.fleet()]
    while pages[-1].cursor:
        pages.append(await source.fleet(pages[-1].cursor))
    assert [[one.id for one in page.projects] for page in pages] == [[1], [2], [], [9]]
    assert [page.missing for page in pages] == [(), (), ("gone",), ()]


async def test_a_cursor_of_graphql_s_begins_anew_by_rest(lab: Lab) -> None:
    lab.graphql = [errors("Field 'fullPath' doesn't exist on type 'Project'")]
    lab.routes["groups/llm/projects"] = []
    assert (await lab.source().fleet("0:CURSOR")).cursor is None
    assert "CURSOR" not in lab.paths()[0]


async def test_graphql_is_tried_again_after_an_hour_of_rest(lab: Lab) -> None:
    now = [NOW]
    lab.graphql = [httpx.Response(404, html="<html>"), data(group=group([project_row(1, "llm/a")]))]
    lab.routes["groups/llm/projects"] = []
    source = lab.source(clock=lambda: now[0])
    assert (await source.fleet()).projects == ()
    now[0] += timedelta(minutes=59)
    await source.fleet()
    assert len(lab.documents) == 1
    now[0] += timedelta(minutes=2)
    assert len((await source.fleet()).projects) == 1
    assert source.degraded == ()


async def test_a_page_that_leads_to_itself_is_an_error_and_no_endless_walk(lab: Lab) -> None:
    lab.graphql = [data(group=group([], "SAME", count=5))]
    source = lab.source()
    page = await source.fleet()
    with pytest.raises(SourceError, match="its next page is itself"):
        await source.fleet(page.cursor)


async def test_a_slow_query_is_a_failure_and_the_next_one_asks_for_less(lab: Lab) -> None:
    slow = errors("Request timed out. Please try a less complex query or a smaller set of records.")
    lab.graphql = [slow, data(score=9, group=group([]))]
    source = lab.source()
    with pytest.raises(SourceError, match="took too long over the projects of llm"):
        await source.fleet()
    await source.fleet()
    assert [one["variables"]["first"] for one in lab.documents] == [50, 25]


async def test_pipelines_that_took_too_long_keep_no_others_away(lab: Lab) -> None:
    answer = data(group=group([project_row(1, "llm/a", [pipeline_row(90)]), project_row(2, "llm/b"), None]))
    answer["data"]["group"]["projects"]["nodes"][1]["pipelines"] = None
    place = ["group", "projects", "nodes", 1, "pipelines"]
    lab.graphql = [{**answer, "errors": [{"message": "Request timed out. Please try less.", "path": place}]}]
    source = lab.source()
    page = await source.fleet()
    assert [project.path for project in page.projects] == ["llm/a", "llm/b"]
    assert [pipeline.id for pipeline in page.pipelines] == [90]
    assert page.missing == ("1 of the projects of llm",), "an empty row must not look like a project that left"
    assert any("Request timed out" in note for note in source.degraded)


async def test_a_list_of_projects_that_took_too_long_is_a_failure(lab: Lab) -> None:
    place = ["group", "projects"]
    lab.graphql = [
        {**data(group={"projects": None}), "errors": [{"message": "Request timed out. Please…", "path": place}]}
    ]
    with pytest.raises(SourceError, match="took too long over the projects of llm"):
        await lab.source().fleet()


async def test_fields_an_old_server_does_not_know_are_left_out_and_told(lab: Lab) -> None:
    def old(request: httpx.Request) -> dict[str, object]:
        query = json_of(request)["query"]
        unknown = [("failureReason", "Pipeline"), ("name", "Pipeline"), ("containerRegistrySize", "ProjectStatistics")]
        found = [f"Field '{name}' doesn't exist on type '{kind}'" for name, kind in unknown if f" {name}\n" in query]
        if "includeArchived" in query:
            found.append("Field 'projects' doesn't accept argument 'includeArchived'")
        rows = [project_row(1, "llm/a"), project_row(2, "llm/old", archived=True)]
        return errors(*found) if found else data(group=group(rows))

    lab.graphql = [old]
    source = lab.source()
    assert [project.path for project in (await source.fleet()).projects] == ["llm/a"]
    assert len(lab.documents) == 2
    await source.fleet()
    assert len(lab.documents) == 3
    told = "Pipeline.failureReason, Pipeline.name, ProjectStatistics.containerRegistrySize, projects(includeArchived)"
    assert source.degraded == (f"This GitLab does not know {told}: left out",)


async def test_questions_under_way_together_learn_together(lab: Lab) -> None:
    """Both are refused before either has learned: neither may take the other's lesson for a field it cannot drop."""
    complaint = errors("Field 'failureReason' doesn't exist on type 'Pipeline'")
    answer = data(group=group([]))
    lab.graphql = [complaint, complaint, TOO_COMPLEX, TOO_COMPLEX, answer]
    both = asyncio.Barrier(2)

    async def together(request: httpx.Request) -> httpx.Response:
        await both.wait()
        return lab.handle(request)

    source = lab.source(transport=httpx.MockTransport(together))
    await asyncio.gather(source.fleet(), source.fleet())
    assert [one["variables"]["first"] for one in lab.documents] == [50, 50, 50, 50, 25, 25]
    assert [one["variables"]["each"] for one in lab.documents[-2:]] == [5, 5]


async def test_a_field_we_cannot_do_without_leads_to_rest(lab: Lab) -> None:
    lab.graphql = [errors("Field 'fullPath' doesn't exist on type 'Project'")]
    lab.routes["groups/llm/projects"] = []
    source = lab.source()
    assert (await source.fleet()).projects == ()
    assert "does not know Project.fullPath" in source.degraded[0]


async def test_a_group_nobody_shows_us_is_an_error_when_it_is_all_we_asked_for(lab: Lab) -> None:
    lab.graphql = [data(group=None)]
    with pytest.raises(SourceError, match="shows no llm to this token") as caught:
        await lab.source().fleet()
    assert caught.value.trouble is Trouble.MISSING
    assert "member" in caught.value.remedy


async def test_a_hidden_group_among_others_is_told_and_hides_nothing_else(lab: Lab) -> None:
    lab.graphql = [data(group=None), data(group=group([project_row(3, "web/c")]))]
    source = lab.source(groups=("llm", "web"))
    first = await source.fleet()
    assert (first.projects, first.missing) == ((), ("llm",))
    second = await source.fleet(first.cursor)
    assert [project.path for project in second.projects] == ["web/c"]


async def test_a_named_project_that_is_absent_is_told_beside_the_others(lab: Lab) -> None:
    lab.graphql = [data(p0=project_row(1, "me/a"), p1=None)]
    page = await lab.source(groups=(), projects=("me/a", "me/gone")).fleet()
    assert [project.path for project in page.projects] == ["me/a"]
    assert page.missing == ("me/gone",)


async def test_null_objects_unknown_statuses_and_empty_repositories_are_normal_answers(lab: Lab) -> None:
    odd = project_row(1, "llm/a", [None, pipeline_row(5, status="DREAMING", user=None, duration=None)])
    lab.graphql = [data(group=group([None, {**odd, "repository": None, "statistics": None}]))]
    page = await lab.source().fleet()
    assert (page.projects[0].default_branch, page.projects[0].storage) == (None, None)
    assert [(one.status, one.user, one.duration) for one in page.pipelines] == [(Status.UNKNOWN, "", None)]


async def test_part_of_an_answer_is_shown_and_what_is_missing_is_noted(lab: Lab) -> None:
    answer = data(group=group([project_row(1, "llm/a", statistics=None)]))
    lab.graphql = [{**answer, **errors("statistics are being rebuilt")}]
    source = lab.source()
    assert len((await source.fleet()).projects) == 1
    assert "statistics are being rebuilt" in source.degraded[0]


async def test_below_a_relative_root_everything_is_asked_there(labs: Callable[..., Lab]) -> None:
    lab = labs("/git/lab")
    lab.graphql = [errors("Field 'fullPath' doesn't exist on type 'Project'")]
    lab.routes["groups/llm%2Fsub/projects"] = []
    await lab.source(groups=("llm/sub",)).fleet()
    assert lab.requests[0].url.path == "/git/lab/api/graphql"
    assert lab.requests[1].url.raw_path.startswith(b"/git/lab/api/v4/groups/llm%2Fsub/projects?")


async def test_hostile_names_arrive_inert(lab: Lab) -> None:
    name = "llm/\x1b[31mred\x1b]52;c;eA==\x07\u202e[/x]" + "a" * 10_000 + "\x00"
    lab.graphql = [data(group=group([project_row(1, name, [pipeline_row(2, ref="\x1b[2J\r\nmain")])]))]
    page = await lab.source().fleet()
    path = page.projects[0].path
    assert path.startswith("llm/red[/x]aaa")
    assert len(path) == 1_000
    assert path.isprintable()
    assert page.pipelines[0].ref == "  main"


@pytest.mark.parametrize(
    ("value", "read"),
    [(-1, None), (1e300, None), ("60", None), (True, None), (0, timedelta(0)), (None, None), ([], None)],
)
async def test_an_absurd_duration_is_no_duration(lab: Lab, value: object, read: timedelta | None) -> None:
    lab.graphql = [data(group=group([project_row(1, "llm/a", [pipeline_row(2, duration=value)])]))]
    assert (await lab.source().fleet()).pipelines[0].duration == read


@pytest.mark.parametrize("identity", [None, "", "gid://gitlab/Project/", "gid://gitlab/Project/-3", 10**30, {}, True])
async def test_an_object_without_an_identity_makes_the_answer_unreadable(lab: Lab, identity: object) -> None:
    lab.graphql = [data(group=group([project_row(1, "llm/a", id=identity)]))]
    with pytest.raises(SourceError, match="cannot be read: it has an object without id"):
        await lab.source().fleet()
