"""Run the fast tests of one module against its mutants, all in one process: what tools/mutants.py starts.

A process of its own for each mutant, as mutmut runs them, spends nine tenths of its time on starting pytest and the
jsii kernel. Here both start once. What a mutant leaves behind cannot decide about the next one: fixtures are torn down
and the library's caches cleared after each run, and a test that fails is run again, without the mutant and with it: one
that fails without it too ends the process, which is started again with the mutants that are left, and one that passes
with it has failed by chance and notices nothing. A test that takes too long has failed.

    python tools/mutant_tests.py MODULE NAMES.json SECONDS    prints a line of JSON for each mutant: [name, test]

SECONDS is how long a test may take beside ten times what it takes without a mutant.
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
    """A test takes too long: neither pytest nor a handler of errors in what is tested keeps this."""


def in_python(path: str) -> str:
    """Return the name by which Python imports a module: a Lambda's package has what is in `lambda_src` at its top."""
    return path.replace("/", ".").removeprefix("lambda_src.")


def is_copy(module: str) -> bool:
    """Whether an imported module is one of the copies in `mutants`."""
    return Path(getattr(sys.modules.get(module), "__file__", None) or "/").is_relative_to(MUTANTS)


def set_mutant(name: str) -> None:
    """Set the mutant that the functions of the copies in `mutants` take."""
    os.environ["MUTANT_UNDER_TEST"] = in_python(name)


def calling(module: str) -> set[str]:
    """Return the files of the tests that call a function of a module, as mutmut has seen."""
    dotted = module.replace("/", ".") + "."
    return {
        test.partition("::")[0]
        for function, tests in _seen()["tests_by_mangled_function_name"].items()
        if function.startswith(dotted)
        for test in tests
    }


@functools.cache
def _seen() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((MUTANTS / "mutmut-stats.json").read_text(encoding="utf-8"))
    return found


def ordered(mutant: str, items: Iterable[str], own: str) -> list[str]:
    """Return tests in the order in which they likely find a mutant: those mutmut saw, the module's own, the rest.

    Args:
        mutant: The mutant.
        items: The IDs of all tests.
        own: The file of the module's own tests.
    """
    seen = set(_seen()["tests_by_mangled_function_name"].get(mutant.rpartition("__mutmut_")[0], ()))
    seconds = _seen()["duration_by_test"]
    return sorted(items, key=lambda item: (item not in seen, not item.startswith(own), seconds.get(item, 0.0)))


class Runner:
    """A pytest plugin that runs the collected tests once for each mutant.

    Args:
        module: The module that is changed.
        names: The mutants.
        own: The file of the module's own tests.
        seconds: How long a test may take beside ten times what it takes without a mutant.
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
        """Note that a test has failed."""
        self._failed = self._failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests without a mutant, and then with each."""
        if session.testsfailed:
            raise RuntimeError("tests that cannot be collected")
        if not is_copy(in_python(self._module)):
            raise RuntimeError(f"what is tested is not the copy of {self._module} with the mutants")
        self._caches = [each for each in gc.get_objects() if isinstance(each, type(_seen)) and is_copy(each.__module__)]
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
                break  # what was interrupted may be in any state
        return True

    def _noticed_by(self, session: pytest.Session, items: Sequence[pytest.Item], mutant: str) -> str | None:
        """Return the test that fails with a mutant, twice, and not without; None if it fails without one too."""
        while failing := self._first_failure(session, items, mutant):
            at = next(place for place, item in enumerate(items) if item.nodeid == failing)
            if self._first_failure(session, [items[at]], NONE):
                return None
            if self._first_failure(session, [items[at]], mutant):
                return failing
            # It failed by chance, or for what ran before it.
            items = items[at + 1 :]
        return ""

    def _first_failure(self, session: pytest.Session, items: Sequence[pytest.Item], mutant: str) -> str:
        """Return the ID of the first test that fails or takes too long, or the empty text."""
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
    # Nothing but the answers goes to the standard output.
    options = ["-o", "addopts=--import-mode=importlib", "-p", "no:terminal", "-p", "no:cacheprovider", "-m", "not slow"]
    set_mutant(NONE)
    sys.exit(pytest.main([*options, folder, *elsewhere], plugins=[Runner(sys.argv[1], names, own, int(sys.argv[3]))]))
