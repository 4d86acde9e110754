"""A real VictoriaMetrics as the console sees it. Few machines have it, so it is never required."""

import shutil
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.ports import SourceError, Trouble
from console.sources.prometheus import PrometheusSource
from tests.real.programs import Program, free_port

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    if shutil.which("victoria-metrics") is None:
        pytest.skip("not installed: victoria-metrics")
    folder, port = Path(tempfile.mkdtemp(prefix="victoria-")), free_port()
    words = ["victoria-metrics", f"-storageDataPath={folder}/data", f"-httpListenAddr=127.0.0.1:{port}"]
    program = Program(words, folder / "log")
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)

    try:
        program.until(ready, "VictoriaMetrics")
        yield address
    finally:
        program.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def test_its_flavour_is_told_and_its_own_words_for_a_wrong_query(url: str) -> None:
    source = PrometheusSource(url)
    try:
        assert (await source.examine()).flavour == "victoriametrics"
        assert (await source.instant("no_such_metric")).samples == ()
        with pytest.raises(SourceError, match="unexpected token") as caught:
            await source.instant("sum(")
    finally:
        await source.aclose()
    assert caught.value.trouble is Trouble.BROKEN
