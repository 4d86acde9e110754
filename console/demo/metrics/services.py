"""What the fleet's services tell about their requests, by track."""

from collections.abc import Callable, Iterator
from functools import partial
from math import inf

from console.demo.metrics.curves import Counter, Curve, Share, curve_of
from console.demo.metrics.flows import Flow, mean_seconds, scaled, share_within
from console.demo.world.nouns import Latency, Service, Track, TrackPhase
from console.demo.world.world import World

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0)
"""Upper bounds in seconds; close together where a latency objective of 200 ms is judged."""
_METHODS = (("GET", 0.64), ("POST", 0.36))
_FAILURES = (("500", 0.7), ("503", 0.3))
_PACES = (0.88, 1.14)
"""Requests come in two kinds, quick and slow about the phase's median, whose mixture shifts: so p95 moves a little."""
Figure = Callable[[Latency], float]


def service_curves(world: World) -> Iterator[Curve]:
    """Requests by code and method, and the histogram of their durations, of each track of each service."""
    for service in world.services():
        for track in service.tracks:
            yield from _TrackCurves(world, service, track).all()


class _TrackCurves:
    """The series of one track: they begin when it first has a replica."""

    def __init__(self, world: World, service: Service, track: Track) -> None:
        self.origin, self.service, self.track = world.origin, service, track
        served = [phase for phase in track.phases if phase.replicas and phase.until > world.origin]
        self.curve = curve_of(
            max(served[0].since, world.origin) if served else inf,
            job="services",
            instance=f"{service.name}-{track.name}:{service.port}",
            service=service.name,
            track=track.name,
            version=track.version,
        )

    def all(self) -> Iterator[Curve]:
        yield from self._requests()
        yield from self._durations()

    def _flow(self, voice: str) -> Flow:
        return Flow(self.service.traffic, f"{self.service.name}/{self.track.name}/{voice}")

    def _shares(self, factor: float, *, errors: bool) -> list[Share]:
        """In each phase, the track's failed or good requests as a share of the traffic, times the factor."""
        return [
            Share(phase.since, phase.until, factor * phase.weight * abs(phase.error_ratio - (not errors)))
            for phase in self.track.phases
        ]

    def _requests(self) -> Iterator[Curve]:
        """Good requests swing alike on all tracks, so that the traffic's split is the weight; failures do not."""
        for method, share in _METHODS:
            good = [(Flow(self.service.traffic, f"{self.service.name}/{method}"), self._shares(share, errors=False))]
            yield self.curve("http_requests_total", Counter(self.origin, good), method=method, code="200")
            for code, part in _FAILURES:
                bad = [(self._flow(f"{method}/{code}"), self._shares(share * part, errors=True))]
                yield self.curve("http_requests_total", Counter(self.origin, bad), method=method, code=code)

    def _durations(self) -> Iterator[Curve]:
        name = "http_request_duration_seconds"
        for bound in BUCKETS:
            counter = Counter(self.origin, self._paced(partial(share_within, seconds=bound)))
            yield self.curve(f"{name}_bucket", counter, le=f"{bound:g}")
        everything = Counter(self.origin, self._paced(lambda latency: 1.0))
        yield self.curve(f"{name}_bucket", everything, le="+Inf")
        yield self.curve(f"{name}_count", everything)
        yield self.curve(f"{name}_sum", Counter(self.origin, self._paced(mean_seconds), whole=False))

    def _paced(self, figure: Figure) -> list[tuple[Flow, list[Share]]]:
        """The requests of each pace, times a figure of their latency."""
        return [
            (self._flow(f"pace/{pace}"), [_of_pace(phase, pace, figure) for phase in self.track.phases])
            for pace in _PACES
        ]


def _of_pace(phase: TrackPhase, pace: float, figure: Figure) -> Share:
    return Share(phase.since, phase.until, phase.weight / len(_PACES) * figure(scaled(phase.latency, pace)))
