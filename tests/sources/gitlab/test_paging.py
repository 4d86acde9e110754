"""Page sizes, and where lists go on."""

import httpx
import pytest

from console.sources.gitlab.paging import CALM, Ladder, onward


def ladder(at: int = 1) -> Ladder:
    return Ladder(((100, 5), (50, 5), (50, 1), (10, 1)), at=at)


def test_a_score_that_surely_leaves_room_goes_up_one_rung() -> None:
    low, tight = ladder(), ladder()
    low.learn(1, 125, 250)
    tight.learn(1, 126, 250)
    assert (low.sizes, tight.sizes) == ((100, 5), (50, 5))


def test_only_sizes_that_grow_count_in_the_bound() -> None:
    """From (50, 1) to (50, 5) is five times as much at most."""
    fits, tight = ladder(2), ladder(2)
    fits.learn(2, 50, 250)
    tight.learn(2, 51, 250)
    assert (fits.at, tight.at) == (1, 2)


def test_the_score_of_another_rung_proves_nothing() -> None:
    steps = ladder(2)
    steps.learn(3, 1, 250)
    assert steps.at == 2


@pytest.mark.parametrize(("score", "limit"), [(None, 250), (10, None), (0, 250), (None, None)])
def test_a_server_that_tells_no_cost_is_left_at_its_rung(score: int | None, limit: int | None) -> None:
    steps = ladder()
    steps.learn(1, score, limit)
    assert steps.at == 1


def test_a_slow_server_gets_less_until_it_has_been_quick_for_a_while() -> None:
    steps = ladder()
    steps.ease(1)
    assert steps.at == 2
    for _ in range(CALM - 1):
        steps.learn(2, 1, 250)
    assert steps.at == 2
    steps.learn(2, 1, 250)
    assert steps.at == 1


def test_the_least_rung_is_the_end() -> None:
    steps = ladder(3)
    assert steps.shrink(3) is False
    steps.ease(3)
    assert steps.sizes == (10, 1)


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"Link": '<https://h/api/v4/x?a=1&cursor=b%2Fc>; rel="next", <https://h/x>; rel="first"'}, "a=1&cursor=b%2Fc"),
        ({"Link": '<https://h/x?page=1>; rel="prev"', "X-Next-Page": ""}, None),
        ({"Link": "nonsense"}, None),
        ({"Link": '<https://h/x>; rel="next"'}, None),
        ({"X-Next-Page": "3"}, "per_page=20&page=3"),
        ({"X-Next-Page": "-1"}, None),
        ({"X-Next-Page": "three"}, None),
        ({}, None),
    ],
)
def test_the_next_page_is_where_the_headers_say(headers: dict[str, str], query: str | None) -> None:
    assert onward(httpx.Headers(headers), "per_page=20&page=2") == query
