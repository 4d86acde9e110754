"""What exists in the simulated fleet. All frozen: what changes with time is asked of `World` with a time.

Times are unix seconds (float), lengths of time seconds, ratios and weights 0..1, sizes bytes.
"""

from dataclasses import dataclass, field
from math import cos, inf, pi, sin


@dataclass(frozen=True, slots=True)
class User:
    id: int
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Runner:
    """One registered runner: what asks GitLab for jobs of its tags."""

    id: int
    name: str
    """Description in GitLab, `runner_name` in its metrics; for the docker executor also the name of its container."""
    short_token: str
    kind: str
    """instance_type, group_type or project_type."""
    executor: str
    """docker, shell or kubernetes."""
    tags: tuple[str, ...]
    limit: int
    """Most jobs at once."""
    version: str
    revision: str
    managers: tuple["RunnerManager", ...]
    pool: str
    run_untagged: bool = False
    paused: bool = False
    online: bool = True
    architecture: str = "amd64"
    shared_cache: bool = True
    """False: the cache stays on the host that wrote it."""
    project: str | None = None
    """Full path of the owner of a project_type runner."""
    maximum_timeout: int | None = None


@dataclass(frozen=True, slots=True)
class RunnerManager:
    """One process of a runner: a runner has one for each host it runs on."""

    id: int
    system_id: str
    ip_address: str
    online: bool = True


@dataclass(frozen=True, slots=True)
class Wave:
    """A rate that swings over the day: `mean` x (1 + `swing` x cos(time since `peak_hour`)); swing is 0..1."""

    mean: float
    swing: float = 0.45
    peak_hour: float = 14.0
    """Hour of the day (UTC) at which the rate is highest."""

    def at(self, t: float) -> float:
        """The rate at `t`, per second."""
        return self.mean * (1 + self.swing * cos(self._angle(t)))

    def total(self, since: float, until: float) -> float:
        """How much came in `since`..`until`: the integral of the rate, in closed form."""
        swing = (sin(self._angle(until)) - sin(self._angle(since))) * 86400 / (2 * pi)
        return self.mean * (until - since + self.swing * swing)

    def _angle(self, t: float) -> float:
        return 2 * pi * (t / 86400 - self.peak_hour / 24)


@dataclass(frozen=True, slots=True)
class Latency:
    """A log-normal distribution of seconds: half the requests are below `median`; `sigma` is that of the logarithm."""

    median: float
    sigma: float = 0.5


@dataclass(frozen=True, slots=True)
class TrackPhase:
    """A span of time in which a track of a service behaved in one way."""

    since: float
    until: float
    """inf while it lasts."""
    weight: float
    """Share of the service's requests."""
    error_ratio: float
    """Share of the track's requests that are answered with 5xx."""
    latency: Latency
    replicas: int


@dataclass(frozen=True, slots=True)
class Track:
    """One version of a service that takes requests: stable or canary, blue or green."""

    name: str
    version: str
    image: str
    phases: tuple[TrackPhase, ...]
    """Without gaps, oldest first, from before the world's origin to `inf`."""

    def phase(self, t: float) -> TrackPhase:
        return next(phase for phase in self.phases if t < phase.until)


@dataclass(frozen=True, slots=True)
class Service:
    """What a project puts before users."""

    name: str
    project: str
    """Full path of the project that deploys it."""
    strategy: str
    """canary, blue-green or rolling."""
    traffic: Wave
    """Requests a second over all tracks."""
    tracks: tuple[Track, ...]
    port: int = 8080


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a Docker engine in the fleet."""

    name: str
    image: str
    labels: tuple[tuple[str, str], ...]
    created_at: float
    cpu: Wave
    """Cores in use."""
    memory_bytes: int
    """Working set around which it moves by a few per cent."""
    memory_limit_bytes: int
    """0: unlimited."""
    state: str = "running"
    """running, restarting, exited or paused."""
    restarts: int = 0
    exit_code: int = 0
    service: str | None = None
    """Name of the Swarm service that it is a task of."""
    track: str | None = None
    ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Redis:
    """A Redis instance; hits and misses are lookups a second."""

    instance: str
    lookups: Wave
    hit_ratios: tuple[tuple[float, float], ...]
    """(until, hit ratio), oldest first, the last one until inf."""
    memory_bytes: int

    def hit_ratio(self, t: float) -> float:
        return next(ratio for until, ratio in self.hit_ratios if t < until)


@dataclass(frozen=True, slots=True)
class CacheSpec:
    """One entry of `cache:` in a job's configuration."""

    key: str
    """As in the YAML: CI variables are not expanded yet."""
    paths: tuple[str, ...]
    policy: str = "pull-push"
    fallback_keys: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """`key: files:`; `key` is then the prefix."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One job as the project's `.gitlab-ci.yml` says it."""

    name: str
    stage: str
    seconds: float
    """Usual running time."""
    kind: str
    """What the script does, for its log: build, image, lint, unit, e2e, scan, package, deploy, train, docs."""
    needs: tuple[str, ...] | None = None
    """None: waits for all earlier stages."""
    tags: tuple[str, ...] = ("docker",)
    image: str | None = "python:3.12-slim"
    caches: tuple[CacheSpec, ...] = ()
    when: str = "on_success"
    allow_failure: bool = False
    environment: str | None = None
    only: frozenset[str] = frozenset()
    """Kinds of pipeline it is in: default, branch, mr, tag, schedule. Empty: all."""
    junit: bool = False
    retry: int = 0
    interruptible: bool = False
    fails: float = 0.01
    """Share of runs that fail by themselves."""
    parallel: int = 0
    """Above 0: that many jobs named `name 1/N`."""
    triggers: bool = False
    """A bridge: starts a child pipeline."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A project's CI configuration."""

    stages: tuple[str, ...]
    jobs: tuple[JobSpec, ...]
    workflow: frozenset[str] = frozenset({"default", "branch", "mr", "tag", "schedule"})
    """Kinds of pipeline it makes."""
    auto_cancel: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """A project and what drives its pipelines."""

    index: int
    id: int
    path: str
    """Full path, such as `llm/agent-brain`."""
    name: str
    description: str
    default_branch: str
    language: str
    daily: float
    """Pipelines on a usual working day."""
    baseline: float
    """Usual duration of a whole default-branch pipeline, in seconds."""
    blueprint: Blueprint
    service: str | None = None
    visibility: str = "private"
    topics: tuple[str, ...] = ()

    @property
    def namespace(self) -> str:
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a job, from beginning to end: what it is at some moment comes from `states.look`.

    Every moment that never comes is `inf`.
    """

    id: int
    pipeline_id: int
    spec: JobSpec
    name: str
    needs: tuple[int, ...] | None
    """Ids of what it waits for by `needs:`; None: the earlier stages."""
    created_at: float
    queued_at: float = inf
    """When it went pending: needs met, or played."""
    started_at: float = inf
    finished_at: float = inf
    outcome: str = "success"
    """Status from `finished_at` on: success, failed, canceled or skipped."""
    failure_reason: str | None = None
    cause: str | None = None
    """Why it fails, or would had nobody cancelled it, for log and report: `test:flaky`, `compile`, `network`, ..."""
    manual_at: float = inf
    """When it could first be played: manual from then until `queued_at`."""
    skips: tuple[tuple[float, float], ...] = ()
    """Spans in which something it waits for had failed: skipped, until that was retried."""
    retried_at: float = inf
    """When another run took its place."""
    canceling_at: float = inf
    """When cancelling was asked for; `finished_at` follows."""
    runner_id: int = 0
    manager_id: int = 0
    planned_seconds: float = 0.0
    """Running time, had nobody cancelled it."""
    caches: tuple[str, ...] = ()
    """Outcome for each cache of the spec: hit, current, local, fallback, miss, forbidden, push_only."""
    user_id: int = 0
    """Who started this run."""
    erased_at: float = inf


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline with all its jobs, retried runs included, in the order of creation."""

    id: int
    iid: int
    project: Project
    ref: str
    sha: str
    before_sha: str
    source: str
    kind: str
    """default, branch, mr, tag, schedule or child."""
    tag: bool
    user: User
    created_at: float
    title: str
    """Title of the commit."""
    jobs: tuple[Job, ...] = field(repr=False)
    merge_request_iid: int | None = None
    parent_id: int | None = None
    name: str | None = None
    yaml_errors: str | None = None
