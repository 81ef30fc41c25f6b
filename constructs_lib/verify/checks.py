"""The checks there are: every module of `levels/zero`, `one` and `two` says its own in `CHECKS`."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.verify import levels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from constructs_lib.verify.context import Context
    from constructs_lib.verify.finding import Finding

LEVELS: Final = {0: "zero", 1: "one", 2: "two"}
"""The packages of the levels. 0 makes nothing, 1 uses a stack made for the run, 2 changes and removes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that is asked of the cloud.

    Args:
        name: Unique, lower-case with hyphens: `cors-on-403`.
        level: 0, 1 or 2; the package that its module is in.
        title: What holds when it agrees, in a sentence.
        doubt: What is assumed until it has been asked, and the sentence of AWS's documentation it rests on. Empty: it
            settles no doubt.
        run: Asks. What it raises is a finding, FAILED; to yield nothing is FAILED too.
        order: Where it runs within its level: smaller first, then by name.
    """

    name: str
    level: int
    title: str
    doubt: str = ""
    run: Callable[[Context], Iterable[Finding]]
    order: int = 0


def all_checks() -> tuple[Check, ...]:
    """Return every check in the order they run.

    Raises:
        ValueError: A module has no `CHECKS`, a check is in the package of another level, or two have one name.
    """
    found = sorted(_found(), key=lambda each: (each.level, each.order, each.name))
    twice = [name for name, count in Counter(each.name for each in found).items() if count > 1]
    if twice:
        raise ValueError(f"two checks are named {', '.join(sorted(twice))}: give each a name of its own")
    return tuple(found)


def _found() -> Iterator[Check]:
    for level, package in LEVELS.items():
        folder = importlib.import_module(f"{levels.__name__}.{package}")
        for each in pkgutil.iter_modules(folder.__path__):
            module = importlib.import_module(f"{folder.__name__}.{each.name}")
            checks = getattr(module, "CHECKS", ())
            if not checks:
                raise ValueError(f"{module.__name__} has no CHECKS: say its checks, or move it out of the levels")
            for check in checks:
                if check.level != level:
                    raise ValueError(f"{check.name} of {module.__name__} says level {check.level}, not {level}")
                yield check
