"""Counts what our constructs ask of the CDK's kernel: each call is a round trip to Node."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

# jsii offers no way to watch its kernel; this is the one method every call goes through.
from jsii._kernel.providers.process import _NodeProcess

Count = Callable[[], int]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Return what counts the calls made inside a `with` block."""
    made = 0
    send = _NodeProcess.send

    def counted(self: Any, *args: Any) -> Any:
        nonlocal made
        made += 1
        return send(self, *args)

    monkeypatch.setattr(_NodeProcess, "send", counted)

    @contextmanager
    def counting() -> Iterator[Count]:
        before = made
        yield lambda: made - before

    return counting
