"""What is measured of one program in a terminal, one function a figure or two."""

import time
from collections.abc import Sequence
from statistics import quantiles

from .terminal_program import Program
from .terminal_refresh import PERIOD

Figures = dict[str, float]
FRAME_GAP = 0.04
"""Seconds of silence that end a frame: programs draw at 15 to 60 frames a second."""
KEYS, HELD, HELD_A_SECOND = 40, 45, 30


def start(program: Program, ready: Sequence[str]) -> Figures:
    """Until the screen stood for the first time, and everything that was written until it rested."""
    program.wait_for(ready)
    program.wait_quiet(1.0)
    first = program.chunks[0][0]
    return {
        "first_byte_ms": (first - program.began) * 1e3,
        "ready_ms": (program.seen_at(ready) - program.began) * 1e3,
        "last_byte_ms": (program.last - program.began) * 1e3,
        "startup_bytes": program.written,
        "startup_cpu_ms": program.cpu_seconds() * 1e3,
    }


def settle(program: Program, seconds: float) -> None:
    """Let it do what it does behind its first screen."""
    time.sleep(seconds)
    program.wait_quiet(0.5)


def refresh(program: Program, seconds: float = 4.0) -> Figures:
    """What one refresh sends, where one comes every PERIOD seconds."""
    before, began = program.written, time.perf_counter()
    time.sleep(seconds)
    passed = time.perf_counter() - began
    return {"refresh_bytes": (program.written - before) * PERIOD / passed}


def rest(program: Program, seconds: float) -> Figures:
    """What it costs while nobody touches it."""
    cpu, bytes_, naps, began = program.cpu_seconds(), program.written, program.wakeups(), time.perf_counter()
    time.sleep(seconds)
    passed = time.perf_counter() - began
    woken = sum(count - naps.get(thread, 0) for thread, count in program.wakeups().items())
    return {
        "idle_cpu_percent": (program.cpu_seconds() - cpu) / passed * 100,
        "idle_bytes_s": (program.written - bytes_) / passed,
        "idle_wakeups_s": woken / passed,
        "rss_mb": program.resident_mb(),
    }


def keys(program: Program, *, quiet: bool = True) -> Figures:
    """Down and up by turns: milliseconds from key to the frame's last byte, CPU and bytes a key.

    Not `quiet`: something else draws meanwhile, so that a frame ends with the first write after the key.
    """
    spent: list[float] = []
    cpu, before = program.cpu_seconds(), program.written
    for number in range(KEYS):
        if quiet:
            program.wait_quiet(2 * FRAME_GAP, 2)
        else:
            time.sleep(0.05 + 0.007 * (number % 9))  # at every phase of what else is going on
        at, pressed = len(program.chunks), time.perf_counter()
        program.send("jk"[number % 2])
        while len(program.chunks) == at and time.perf_counter() < pressed + 1:
            time.sleep(0.0005)
        if quiet:
            program.wait_quiet(FRAME_GAP, 2)
        last = -1 if quiet else at
        if len(program.chunks) > at:
            spent.append((program.chunks[last][0] - pressed) * 1e3)
    cuts = quantiles(spent, n=20)
    figures = {"key_p50_ms": cuts[9], "key_p95_ms": cuts[18], "keys_unanswered": KEYS - len(spent)}
    if quiet:
        figures["key_bytes"] = (program.written - before) / KEYS
        figures["key_cpu_ms"] = (program.cpu_seconds() - cpu) / KEYS * 1e3
    return figures


def held(program: Program) -> Figures:
    """A key held down, then the other: bytes, and how long it went on drawing after the last."""
    program.wait_quiet(0.2, 3)
    before = program.written
    for number in range(HELD):
        program.send("j" if number < HELD * 2 // 3 else "k")
        time.sleep(1 / HELD_A_SECOND)
    let_go = time.perf_counter()
    program.wait_quiet(0.2, 5)
    return {"held_bytes": program.written - before, "held_lag_ms": max(0.0, (program.last - let_go) * 1e3)}


def leave(program: Program) -> Figures:
    """From `q` to the end of the process; -1 when it did not end in 5 s."""
    pressed = time.perf_counter()
    program.send("q")
    ended = program.wait_end()
    restored = any(b"\x1b[?1049l" in data for _, data in program.chunks[-20:])
    return {"quit_ms": (time.perf_counter() - pressed) * 1e3 if ended else -1, "restored": float(restored)}
