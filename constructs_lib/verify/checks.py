"""Registry of checks: every module of `levels/zero`, `one` and `two` lists its checks in `CHECKS`."""

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
"""The packages of the levels. Level 0 creates nothing, 1 uses a stack created for the run, 2 changes and deletes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One check of the cloud's behaviour.

    Args:
        name: The unique name, in lower case with hyphens: `cors-on-403`.
        level: 0, 1 or 2; the package that its module is in.
        title: The expected behaviour, in a sentence.
        assumption: The assumption that the check tests, with the sentence of AWS's documentation that supports it.
            Empty: it tests no assumption.
        run: Runs the check. An exception and a check without findings are the finding FAILED.
        order: The position within the level, in ascending order; checks with equal values run by name.
    """

    name: str
    level: int
    title: str
    assumption: str = ""
    run: Callable[[Context], Iterable[Finding]]
    order: int = 0


def all_checks() -> tuple[Check, ...]:
    """Return every check in order of execution.

    Raises:
        ValueError: If a module has no `CHECKS`, a check is in the package of another level, or two have the same name.
    """
    found = sorted(_found(), key=lambda each: (each.level, each.order, each.name))
    twice = [name for name, count in Counter(each.name for each in found).items() if count > 1]
    if twice:
        raise ValueError(f"two checks are named {', '.join(sorted(twice))}; give each a unique name")
    return tuple(found)


def _found() -> Iterator[Check]:
    for level, package in LEVELS.items():
        folder = importlib.import_module(f"{levels.__name__}.{package}")
        for each in pkgutil.iter_modules(folder.__path__):
            module = importlib.import_module(f"{folder.__name__}.{each.name}")
            checks = getattr(module, "CHECKS", ())
            if not checks:
                raise ValueError(f"{module.__name__} has no CHECKS; list its checks, or move it out of the levels")
            for check in checks:
                if check.level != level:
                    raise ValueError(f"{check.name} of {module.__name__} has level {check.level}; set level={level}")
                yield check
