"""A verb's asynchronous part ends when its work does."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from console.cli.running import complete

ROOT = Path(__file__).parents[2]
BLOCKED = """
import asyncio, sys, time
import console.__main__ as program
from console import cli
from console.cli.running import complete

async def work():
    try:
        async with asyncio.timeout(0.1):
            await asyncio.to_thread(time.sleep, 600)
    except TimeoutError:
        print("given up")
        return 7

cli.main = lambda: complete(work())
sys.exit(program.main())
"""


def test_the_result_is_given_and_an_exception_raised() -> None:
    async def one() -> int:
        await asyncio.sleep(0)
        return 1

    async def fails() -> None:
        raise ValueError("no")

    assert complete(one()) == 1
    with pytest.raises(ValueError, match="no"):
        complete(fails())


def test_a_thread_that_blocks_holds_up_neither_the_verb_nor_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "given up\n", "")
