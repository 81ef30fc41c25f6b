"""Checks, before anything is overridden, that MiniStack still has the shape the overrides were written for."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any


class UnsupportedError(RuntimeError):
    """This version of MiniStack has changed where we override it."""


def expect_parameters(function: Callable[..., Any], *names: str) -> None:
    """Refuse to go on unless a function takes exactly these parameters.

    Raises:
        UnsupportedError: Names the function, its parameters and those expected.
    """
    found = list(inspect.signature(function).parameters)
    if found != list(names):
        where = f"{function.__module__}.{function.__qualname__}"
        raise UnsupportedError(f"{where} takes {found}, not {list(names)}")


def expect_attributes(owner: object, *names: str) -> None:
    """Refuse to go on unless a module or object has these attributes.

    Raises:
        UnsupportedError: Names the owner and what is missing.
    """
    if missing := [name for name in names if not hasattr(owner, name)]:
        raise UnsupportedError(f"{getattr(owner, '__name__', owner)} lacks {', '.join(missing)}")


def expect_fields(dataclass: type, *names: str) -> None:
    """Refuse to go on unless a dataclass has these fields.

    Raises:
        UnsupportedError: Names the class and what is missing.
    """
    found = {field.name for field in dataclasses.fields(dataclass)}
    if missing := [name for name in names if name not in found]:
        raise UnsupportedError(f"{dataclass.__module__}.{dataclass.__qualname__} lacks the fields {', '.join(missing)}")


def expect_keys(owner: dict[str, Any], what: str, *names: str) -> None:
    """Refuse to go on unless a table has these keys.

    Raises:
        UnsupportedError: Names the table and what is missing.
    """
    if missing := [name for name in names if name not in owner]:
        raise UnsupportedError(f"{what} lacks {', '.join(missing)}")
