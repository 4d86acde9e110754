"""Critical path and slack of real task graphs, against networkx where that is installed.

Data: WfCommons (Coleman et al., FGCS 2022), task graphs of real workflow runs. The reference computes the longest
path on the same graph and, from it, slack by the definition: total minus the longest path through the task.
"""

import gzip
import json
import time
from pathlib import Path
from typing import Any

from console.insight.graph import Task, schedule

DATA = Path(__file__).parents[2] / "shared" / "data" / "dag_traces" / "workflows.jsonl.gz"


def graphs() -> list[dict[str, Task]]:
    """Every graph; a task's name is its place in the file."""
    with gzip.open(DATA, "rt", encoding="utf-8") as source:
        runs = [json.loads(one)["tasks"] for one in source]
    return [
        {str(number): Task(task[1], tuple(map(str, task[2]))) for number, task in enumerate(tasks)} for tasks in runs
    ]


def reference(tasks: dict[str, Task]) -> tuple[float, dict[str, float]]:
    """Length of the longest path and slack by task, in seconds, as networkx orders the graph."""
    import networkx  # type: ignore[import-untyped,import-not-found,unused-ignore]

    graph = networkx.DiGraph()
    graph.add_nodes_from(tasks)
    graph.add_edges_from((one, name) for name, task in tasks.items() for one in task.after)
    order = list(networkx.topological_sort(graph))
    head: dict[str, float] = {}
    tail: dict[str, float] = {}
    for name in order:
        head[name] = tasks[name].seconds + max((head[one] for one in graph.predecessors(name)), default=0.0)
    for name in reversed(order):
        tail[name] = tasks[name].seconds + max((tail[one] for one in graph.successors(name)), default=0.0)
    total = max(head.values(), default=0.0)
    return total, {name: total - (head[name] + tail[name] - tasks[name].seconds) for name in order}


def run() -> dict[str, Any]:
    """Graphs, our time in milliseconds for all, and how many agree with the reference (None: it is not installed)."""
    every = graphs()
    begin = time.perf_counter()
    ours = [schedule(tasks) for tasks in every]
    spent = time.perf_counter() - begin
    try:
        theirs = [reference(tasks) for tasks in every]
    except ImportError:
        agree = None
    else:
        agree = sum(
            abs(one.seconds - total) < 1e-6 and all(abs(one.slots[name].slack - slack[name]) < 1e-6 for name in slack)
            for one, (total, slack) in zip(ours, theirs, strict=True)
        )
    return {"graphs": len(every), "tasks": sum(map(len, every)), "ours_ms": round(spent * 1e3, 1), "agree": agree}


if __name__ == "__main__":
    print(json.dumps(run()))
