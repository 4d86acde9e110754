"""A scripted GitLab; whatever a test asked of it is held against GitLab's OpenAPI document afterwards."""

from collections.abc import Callable, Iterator

import pytest

from tests.contracts.openapi import DOCUMENT, contract
from tests.sources.gitlab.lab import Lab


@pytest.fixture
def labs() -> Iterator[Callable[..., Lab]]:
    """Makes labs, such as one below a relative root."""
    made: list[Lab] = []

    def make(root: str = "") -> Lab:
        made.append(Lab(root))
        return made[-1]

    yield make
    if DOCUMENT.exists():
        known = contract()
        complaints = [known.complaint(one, lab.root) for lab in made for one in lab.distinct(HOST)]
        assert not [complaint for complaint in complaints if complaint]


@pytest.fixture
def lab(labs: Callable[..., Lab]) -> Lab:
    """A GitLab at the root of its host."""
    return labs()


HOST = "gitlab.example"
