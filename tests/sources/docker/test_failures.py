"""What is said when an engine does not answer as it should."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from console.ports import SourceError, Trouble
from console.sources.docker import DockerSource
from tests.sources.docker.odd_engine import VERSION, Answer, HangUp, OddEngine, Reply, Route

Odd = Callable[[Mapping[str, Route]], OddEngine]
Reading = Callable[..., DockerSource]


async def refusal(source: DockerSource) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await source.engine()
    return caught.value


@pytest.mark.parametrize(
    ("reply", "trouble", "word"),
    [
        (Answer(401, {"message": "who are you"}), Trouble.UNAUTHENTICATED, "who are you"),
        (Answer(403, {"message": "denied by plugin opa\x1b[2J"}), Trouble.FORBIDDEN, "denied by plugin opa"),
        (Answer(500, {"message": "layer does not exist"}), Trouble.BROKEN, "layer does not exist"),
        (Answer(400, {"message": "client version 1.47 is too new"}), Trouble.UNSUPPORTED, "too new"),
        (Answer(502, b"<html><title>Bad Gateway"), Trouble.BROKEN, "502"),
        (Answer(200, b"<html>"), Trouble.UNSUPPORTED, "no answer of a Docker engine"),
        (Answer(200, b'[{"Id": "a"'), Trouble.UNSUPPORTED, "no answer of a Docker engine"),
        (Answer(200, {"Id": "a"}), Trouble.BROKEN, "Expected `array`, got `object`"),
        (Answer(200, [{"Id": 7, "Names": [["a"]]}]), Trouble.BROKEN, "$[0]"),
        (HangUp(), Trouble.UNREACHABLE, "hung up"),
        (Answer(200, b'[{"Id": "a"', cut=100), Trouble.UNREACHABLE, "in the middle"),
        (Answer(301, None, "/version"), Trouble.UNSUPPORTED, "no answer of a Docker engine"),
    ],
)
async def test_a_failure_says_what_who_and_why(
    odd: Odd, reading: Reading, reply: Reply, trouble: Trouble, word: str
) -> None:
    engine = odd({"/containers/json": reply})
    source = reading(engine)
    error = await refusal(source)
    assert error.trouble is trouble
    assert f"Docker engine odd ({engine.host})" in str(error)
    assert word in str(error)
    assert str(error).isprintable()
    engine.routes["/containers/json"] = Answer(200, [])
    assert (await source.engine()).containers == ()


@pytest.mark.parametrize("version", [{}, {"ApiVersion": "new"}, {"ApiVersion": "1.2.3"}, [], None, {"ApiVersion": 1}])
async def test_what_tells_no_version_is_no_engine(odd: Odd, reading: Reading, version: Any) -> None:
    assert (await refusal(reading(odd({"/version": Answer(200, version)})))).trouble in (
        Trouble.UNSUPPORTED,
        Trouble.BROKEN,
    )


async def test_an_engine_that_comes_back_in_another_version_is_spoken_to_in_that(odd: Odd, reading: Reading) -> None:
    engine = odd({})
    source = reading(engine)
    await source.engine()
    engine.routes["/version"] = HangUp()
    await refusal(source)
    engine.routes["/version"] = Answer(200, {**VERSION, "ApiVersion": "1.40"})
    engine.versions.clear()
    await source.engine()
    assert set(engine.versions) == {"", "1.40"}
