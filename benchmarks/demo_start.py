"""How long a large simulated fleet takes until its first page is there: `python -m benchmarks.demo_start [N ...]`.

Prints one JSON object a size: seconds to serve, to the first page of the fleet over GraphQL, to the next pages, and
megabytes. Nothing is judged here; ratios between sizes of one run are what counts.
"""

import json
import resource
import subprocess
import sys
import time

import httpx

from console.demo.platform import Platform

QUERY = """query($after: String) { queryComplexity { score limit }
  group(fullPath: "llm") { projects(includeSubgroups: true, first: 50, after: $after) {
    pageInfo { endCursor hasNextPage }
    nodes { fullPath pipelines(first: 1) { nodes { iid status duration } } } } } }"""
PAGES = 5


def page(client: httpx.Client, after: str | None) -> str:
    answer = client.post("/api/graphql", json={"query": QUERY, "variables": {"after": after}}).json()
    return str(answer["data"]["group"]["projects"]["pageInfo"]["endCursor"])


def measure(projects: int) -> dict[str, float]:
    """One fleet in this process: call it once, or the second finds everything warm."""
    began = time.perf_counter()
    with Platform(projects) as platform:
        serving = time.perf_counter()
        headers = {"PRIVATE-TOKEN": platform.token}
        with httpx.Client(base_url=platform.urls.gitlab, headers=headers, timeout=60) as client:
            cursor = page(client, None)
            first = time.perf_counter()
            for _ in range(PAGES if projects > 50 * PAGES else 0):
                cursor = page(client, cursor)
            last = time.perf_counter()
    return {
        "projects": projects,
        "serving_seconds": round(serving - began, 3),
        "first_page_seconds": round(first - serving, 3),
        "next_page_seconds": round((last - first) / PAGES, 3),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main(sizes: list[str]) -> int:
    if len(sizes) == 1:
        print(json.dumps(measure(int(sizes[0]))), flush=True)
        return 0
    for size in sizes or ["17", "2000"]:
        subprocess.run([sys.executable, "-m", "benchmarks.demo_start", size], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
