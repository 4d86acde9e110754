"""What is asked first."""

from dataclasses import replace
from datetime import timedelta

from console.model.pipelines import Status
from console.ports import Bookmark, Want
from console.sync.agenda import Agenda, Kind, Step
from console.sync.rhythm import Rhythm
from tests.fakes import NOW, job, pipeline, project

LATER = NOW + timedelta(minutes=1)


def agenda(*marks: Bookmark, projects: int = 2) -> Agenda:
    """Projects of which everything is filled and fresh, but for the bookmarks given."""
    made = Agenda(Rhythm())
    made.learn(project(id, f"llm/p{id}") for id in range(1, projects + 1))
    for book in made.books.values():
        for kind in ("pipelines", "jobs", "deployments"):
            book.keep(Bookmark(book.project.id, kind, NOW, complete=True))
        book.changed, book.swept_at, book.deployed_at = False, NOW, NOW
    for mark in marks:
        made.books[mark.project_id].keep(mark)
    return made


def taken(one: Agenda, count: int = 10) -> list[tuple[Kind, int, int | None]]:
    """The next steps, each done at once."""
    steps: list[Step] = []
    while len(steps) < count and (step := one.take(NOW)):
        step.book.busy = False
        steps.append(step)
    return [(step.kind, step.book.project.id, step.pipeline_id) for step in steps]


def test_nothing_is_due_when_all_is_fresh() -> None:
    one = agenda()
    assert taken(one) == []
    assert one.next_due() == NOW + timedelta(seconds=Rhythm().sweep)


def test_wanted_first_then_new_then_changed_then_running_then_old() -> None:
    one = agenda(Bookmark(3, "jobs", cursor="9"), projects=3)
    one.learn([project(4, "llm/new")])
    one.books[2].changed = True
    one.watched = frozenset({"jobs"})
    one.runs([replace(pipeline(70, Status.RUNNING), project_id=1)], NOW)
    one.want(Want(3, 50), NOW)
    order = []
    while (step := one.take(NOW)) is not None:
        order.append((step.kind, step.book.project.id))
        if step.kind is Kind.CHANGES:
            step.book.changed, step.book.busy = False, False
        step.book.busy = step.kind in (Kind.PIPELINES, Kind.OLD_JOBS)
    assert order == [(Kind.JOBS, 3), (Kind.PIPELINES, 4), (Kind.CHANGES, 2), (Kind.JOBS, 1), (Kind.OLD_JOBS, 3)]


def test_a_project_under_work_is_left_alone() -> None:
    one = agenda()
    one.books[1].changed = one.books[2].changed = True
    first, second = one.take(NOW), one.take(NOW)
    assert first is not None
    assert second is not None
    assert {first.book.project.id, second.book.project.id} == {1, 2}
    assert one.take(NOW) is None
    assert not one.idle()


def test_the_least_far_back_is_filled_first() -> None:
    one = agenda(
        Bookmark(1, "pipelines", NOW, "x", reached=NOW - timedelta(days=5)),
        Bookmark(2, "pipelines", NOW, "x", reached=NOW - timedelta(days=3)),
        Bookmark(1, "jobs", cursor="y", reached=NOW - timedelta(days=1)),
    )
    step = one.take(NOW)
    assert step is not None
    assert (step.kind, step.book.project.id, step.background) == (Kind.OLD_JOBS, 1, True)
    step = one.take(NOW)
    assert step is not None
    assert (step.kind, step.book.project.id) == (Kind.PIPELINES, 2)


def test_the_worker_that_serves_people_takes_no_fill() -> None:
    one = agenda(Bookmark(1, "jobs", cursor="y"))
    assert one.take(NOW, background=False) is None
    one.want(Want(1), NOW)
    step = one.take(NOW, background=False)
    assert step is not None
    assert step.kind is Kind.CHANGES


def test_the_same_want_again_waits_a_little() -> None:
    one = agenda()
    one.want(Want(1, 5), NOW)
    assert taken(one) == [(Kind.JOBS, 1, 5)]
    one.want(Want(1, 5), NOW + timedelta(seconds=1))
    assert one.take(NOW + timedelta(seconds=4)) is None
    assert one.next_due() == NOW + timedelta(seconds=5)
    assert one.take(NOW + timedelta(seconds=5)) is not None


def looks_at_a_running_pipeline(one: Agenda, *, changes: bool, seconds: int = 300) -> list[int]:
    """When its jobs were asked for, in seconds from NOW."""
    one.watched = frozenset({"jobs"})
    one.runs([pipeline(5, Status.RUNNING)], NOW)
    asked: list[int] = []
    for second in range(seconds):
        if (step := one.take(NOW + timedelta(seconds=second))) is not None and step.kind is Kind.JOBS:
            asked.append(second)
            status = Status.SUCCESS if changes and len(asked) % 2 else Status.RUNNING
            one.looked(5, [job(1, status=status, pipeline_id=5)])
        if step is not None:
            step.book.busy = False
    return asked


def test_a_running_pipeline_that_stands_still_is_asked_less_and_less_often() -> None:
    assert looks_at_a_running_pipeline(agenda(), changes=False) == [0, 15, 30, 60, 120, 180, 240]


def test_a_running_pipeline_that_moves_is_asked_as_often_as_ever() -> None:
    assert looks_at_a_running_pipeline(agenda(), changes=True, seconds=60) == [0, 15, 30, 45]


def test_a_running_pipeline_that_somebody_opened_is_asked_as_often_as_ever() -> None:
    one = agenda()
    one.want(Want(1, 5), NOW)
    assert looks_at_a_running_pipeline(one, changes=False, seconds=60) == [0, 15, 30, 45]


def test_wants_of_unknown_projects_harm_nothing() -> None:
    one = agenda()
    one.want(Want(1, 7), NOW)
    for id in range(100, 1000):
        one.want(Want(id), NOW)
    assert taken(one) == []
    one.want(Want(1, 7), NOW)
    assert taken(one) == [(Kind.JOBS, 1, 7)]


def test_a_project_that_failed_waits_but_for_what_is_wanted() -> None:
    one = agenda()
    one.books[1].changed = True
    one.books[1].failed("500", LATER)
    assert one.take(NOW) is None
    assert one.next_due() == LATER
    one.want(Want(1, 7), NOW)
    assert taken(one) == [(Kind.JOBS, 1, 7)]


def test_what_left_the_fleet_is_not_asked() -> None:
    one = agenda()
    one.books[2].changed = True
    one.want(Want(2), NOW)
    one.forget(frozenset({1}))
    assert taken(one) == []


def test_the_newest_deployments_come_before_all_of_them() -> None:
    one = agenda(Bookmark(1, "deployments"), projects=1)
    one.books[1].deployed_at = None
    step = one.take(NOW)
    assert step is not None
    assert (step.kind, step.background) == (Kind.DEPLOYMENTS, False)
    step.book.busy, step.book.deployed_at = False, NOW
    step = one.take(NOW)
    assert step is not None
    assert (step.kind, step.background) == (Kind.OLD_DEPLOYMENTS, True)
