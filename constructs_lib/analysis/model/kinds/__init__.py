"""The kinds of resources that can contain owned data. Each module of this folder registers one."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import TYPE_CHECKING

from constructs_lib.analysis.model.holder import Holder

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["kinds", "main_action_of", "verb_by_action"]


@functools.cache
def kinds() -> tuple[type[Holder], ...]:
    """Return all kinds, in the order of reports."""
    modules = [importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    found = [
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Holder) and each.__module__ == module.__name__
    ]
    return tuple(sorted(found, key=lambda kind: (kind.rank, kind.kind)))


@functools.cache
def verb_by_action() -> Mapping[str, str]:
    """Return the verb of each action that has one."""
    return {action: verb for kind in kinds() for action, verb in kind.verbs.items()}


@functools.cache
def main_action_of() -> Mapping[str, str]:
    """Return the verb of each main action, in the order of the kinds."""
    return {action: verb for kind in kinds() for verb, action in kind.main.items()}
