"""Run the fast tests of one module against its mutants in one process, which tools/mutants.py starts.

A separate process for each mutant, as mutmut starts them, spends nine tenths of its time on starting pytest and the
jsii kernel. Here both start once. To keep mutants independent of each other, fixtures are torn down and the library's
caches cleared after each run, and a failing test is repeated without the mutant and with it. If it also fails without
the mutant, the process ends, and tools/mutants.py starts a new one with the remaining mutants. If it passes with the
mutant, the failure was random and does not count. A test that exceeds its time limit counts as failed.

    python tools/mutant_tests.py MODULE NAMES.json SECONDS    prints a line of JSON for each mutant: [name, test]

The time limit of a test is SECONDS plus ten times its duration without a mutant.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MUTANTS: Final = Path.cwd()
NONE: Final = "none"


class _TooLong(KeyboardInterrupt):
    """A test exceeds its time limit. No `except Exception` of pytest or of the tested code catches it."""


def in_python(path: str) -> str:
    """Return the import name of a module; a function's package has the contents of `lambda_src` at its root."""
    return path.replace("/", ".").removeprefix("lambda_src.")


def is_copy(module: str) -> bool:
    """Return whether an imported module is a copy in `mutants`."""
    return Path(getattr(sys.modules.get(module), "__file__", None) or "/").is_relative_to(MUTANTS)


def set_mutant(name: str) -> None:
    """Select the mutant that the functions of the copies in `mutants` execute."""
    os.environ["MUTANT_UNDER_TEST"] = in_python(name)


def calling(module: str) -> set[str]:
    """Return the files of the tests that call a function of a module, according to mutmut's statistics."""
    dotted = module.replace("/", ".") + "."
    return {
        test.partition("::")[0]
        for function, tests in _statistics()["tests_by_mangled_function_name"].items()
        if function.startswith(dotted)
        for test in tests
    }


@functools.cache
def _statistics() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((MUTANTS / "mutmut-stats.json").read_text(encoding="utf-8"))
    return found


def ordered(mutant: str, items: Iterable[str], own: str) -> list[str]:
    """Return tests by the likelihood that they notice a mutant: tests that call its function, the module's own, others.

    Args:
        mutant: The mutant.
        items: The IDs of all tests.
        own: The file of the module's own tests.
    """
    seen = set(_statistics()["tests_by_mangled_function_name"].get(mutant.rpartition("__mutmut_")[0], ()))
    seconds = _statistics()["duration_by_test"]
    return sorted(items, key=lambda item: (item not in seen, not item.startswith(own), seconds.get(item, 0.0)))


class Runner:
    """A pytest plugin that runs the collected tests once for each mutant.

    Args:
        module: The mutated module.
        names: The mutants.
        own: The file of the module's own tests.
        seconds: The time limit of a test, in addition to ten times its duration without a mutant.
    """

    def __init__(self, module: str, names: Sequence[str], own: str, seconds: int) -> None:
        self._module = module
        self._names = names
        self._own = own
        self._most = seconds
        self._failed = False
        self._was_interrupted = False
        self._caches: list[Any] = []
        self._seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record a failed test."""
        self._failed = self._failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests without a mutant, then with each mutant, and print the results.

        Raises:
            RuntimeError: If tests cannot be collected, fail without a mutant, or do not import the mutated copy.
        """
        if session.testsfailed:
            raise RuntimeError("some tests cannot be collected")
        if not is_copy(in_python(self._module)):
            raise RuntimeError(f"the tests import {self._module} itself, not its copy with the mutants")
        cached = [each for each in gc.get_objects() if isinstance(each, type(_statistics))]
        self._caches = [each for each in cached if is_copy(each.__module__)]
        items = {item.nodeid: item for item in session.items}
        if failing := self._first_failure(session, session.items, NONE):
            raise RuntimeError(f"{failing} fails without a mutant")
        for name in self._names:
            failing = self._noticed_by(session, [items[each] for each in ordered(name, items, self._own)], name)
            if failing is None:
                break
            sys.stdout.write(json.dumps([name, failing]) + "\n")
            sys.stdout.flush()
            if self._was_interrupted:
                break  # the interrupted code may have left any state
        return True

    def _noticed_by(self, session: pytest.Session, items: Sequence[pytest.Item], mutant: str) -> str | None:
        """Return the test that fails twice with a mutant and passes without it; None if it also fails without it."""
        while failing := self._first_failure(session, items, mutant):
            at = next(place for place, item in enumerate(items) if item.nodeid == failing)
            if self._first_failure(session, [items[at]], NONE):
                return None
            if self._first_failure(session, [items[at]], mutant):
                return failing
            # The failure was random, or caused by an earlier test.
            items = items[at + 1 :]
        return ""

    def _first_failure(self, session: pytest.Session, items: Sequence[pytest.Item], mutant: str) -> str:
        """Return the ID of the first test that fails or exceeds its time limit; empty if all pass."""
        self._clear(session)
        self._failed = False
        signal.signal(signal.SIGALRM, _stop)
        set_mutant(mutant)
        try:
            for item, following in zip(items, [*items[1:], None], strict=True):
                began = time.monotonic()
                signal.alarm(self._most + int(10 * self._seconds.get(item.nodeid, 60.0)))
                try:
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                except _TooLong:
                    self._failed = self._was_interrupted = True
                self._seconds.setdefault(item.nodeid, time.monotonic() - began)
                if self._failed:
                    return item.nodeid
        finally:
            signal.alarm(0)
            set_mutant(NONE)
            self._clear(session)
        return ""

    def _clear(self, session: pytest.Session) -> None:
        session._setupstate.teardown_exact(None)  # noqa: SLF001 - pytest has no public way to end a session's fixtures
        for cache in self._caches:
            cache.cache_clear()


def _stop(*_: object) -> None:
    raise _TooLong


if __name__ == "__main__":
    from mutants import tests_of

    own, *_ = found = [str(each) for each in tests_of(sys.argv[1])]
    folder = found[-1]
    elsewhere = sorted(each for each in calling(sys.argv[1]) if not each.startswith(f"{folder}/"))
    sys.path.insert(0, str(MUTANTS))
    names = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    # Standard output contains the results only.
    options = ["-o", "addopts=--import-mode=importlib", "-p", "no:terminal", "-p", "no:cacheprovider", "-m", "not slow"]
    set_mutant(NONE)
    sys.exit(pytest.main([*options, folder, *elsewhere], plugins=[Runner(sys.argv[1], names, own, int(sys.argv[3]))]))
