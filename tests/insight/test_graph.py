"""Critical path and slack."""

import gzip
import json
from itertools import product
from pathlib import Path

import pytest

from console.insight.graph import Task, is_job, job_tasks, schedule
from tests.fakes import job

TRACES = Path(__file__).parents[3] / "shared" / "data" / "dag_traces" / "workflows.jsonl.gz"


def test_the_longest_chain_is_critical_and_the_rest_has_slack() -> None:
    plan = schedule({"a": Task(3), "b": Task(2, ("a",)), "c": Task(5, ("a",)), "d": Task(1, ("b", "c"))})
    assert plan.seconds == 9
    assert plan.path == ("a", "c", "d")
    assert {name: slot.slack for name, slot in plan.slots.items()} == {"a": 0, "b": 3, "c": 0, "d": 0}
    assert plan.slots["d"].start == 8


def test_no_tasks_take_no_time() -> None:
    assert schedule({}).seconds == 0
    assert schedule({}).path == ()


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        schedule({"a": Task(1, ("b",)), "b": Task(1, ("a",))})


def test_an_unknown_predecessor_is_refused() -> None:
    with pytest.raises(ValueError, match="not there"):
        schedule({"a": Task(1, ("b",))})


def longest_through(tasks: dict[str, Task], name: str) -> float:
    """By the definition: the longest of all chains through a task, each tried."""

    def behind(one: str) -> float:
        return tasks[one].seconds + max((behind(p) for p in tasks[one].after), default=0.0)

    def ahead(one: str) -> float:
        return tasks[one].seconds + max((ahead(n) for n, t in tasks.items() if one in t.after), default=0.0)

    return behind(name) + ahead(name) - tasks[name].seconds


@pytest.mark.parametrize("bits", list(product((0, 1), repeat=6)))
def test_slack_is_what_the_definition_says_on_every_small_graph(bits: tuple[int, ...]) -> None:
    names = "abcd"
    pairs = [(late, early) for place, late in enumerate(names) for early in names[:place]]
    edges = [pair for pair, bit in zip(pairs, bits, strict=True) if bit]
    tasks = {
        name: Task(float(2 + place * 3 % 5), tuple(early for late, early in edges if late == name))
        for place, name in enumerate(names)
    }
    plan = schedule(tasks)
    assert plan.seconds == max(longest_through(tasks, name) for name in names)
    for name in names:
        assert plan.slots[name].slack == pytest.approx(plan.seconds - longest_through(tasks, name))


def test_jobs_without_needs_wait_for_the_stages_before() -> None:
    jobs = [
        job(1, "build", stage="build", seconds=100, queued=0),
        job(2, "lint", stage="build", seconds=10, queued=0),
        job(3, "test", stage="test", seconds=50, queued=0),
        job(4, "fast", stage="test", seconds=20, queued=0, needs=("lint",)),
        job(5, "deploy", stage="deploy", seconds=5, queued=0),
    ]
    plan = schedule(job_tasks(jobs))
    assert plan.seconds == 155
    assert [one for one in plan.path if is_job(one)] == ["build", "test", "deploy"]
    assert plan.slots["fast"].start == 10
    assert plan.slots["fast"].slack == 120


def test_waiting_for_a_runner_counts_as_part_of_a_job() -> None:
    assert schedule(job_tasks([job(1, seconds=60, queued=30)])).seconds == 90


def test_needing_a_parallel_job_waits_for_all_of_its_parts() -> None:
    jobs = [
        job(1, "test 1/2", stage="test", seconds=10, queued=0),
        job(2, "test 2/2", stage="test", seconds=30, queued=0),
        job(3, "pack: [arm64]", stage="test", seconds=20, queued=0),
        job(4, "report", stage="test", seconds=1, queued=0, needs=("test",)),
        job(5, "publish", stage="test", seconds=1, queued=0, needs=("pack", "gone")),
    ]
    plan = schedule(job_tasks(jobs))
    assert plan.slots["report"].start == 30
    assert plan.slots["publish"].start == 20


@pytest.mark.skipif(not TRACES.exists(), reason="the recorded workflow runs are not beside this checkout")
def test_real_graphs_are_at_least_as_long_as_every_chain_through_a_task() -> None:
    with gzip.open(TRACES, "rt", encoding="utf-8") as source:
        for line in list(source)[:10]:
            tasks = {str(n): Task(t[1], tuple(map(str, t[2]))) for n, t in enumerate(json.loads(line)["tasks"])}
            plan = schedule(tasks)
            assert plan.seconds == pytest.approx(sum(tasks[name].seconds for name in plan.path))
            assert all(slot.slack >= 0 for slot in plan.slots.values())
