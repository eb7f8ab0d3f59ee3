"""One running stack, with modules of its own that show what reaches them."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.stack import LocalStack

MODULES = str(Path(__file__).parent / "modules")


def wait_for(true: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until it is true; a test that waits in vain fails."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack for tests that leave it running."""
    data = tmp_path_factory.mktemp("stack")
    with LocalStack(data, python_path=(MODULES,), web_origins=("https://app.school.example",)) as running:
        yield running


@pytest.fixture
def http(stack: LocalStack) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=stack.url, timeout=20) as client:
        yield client
