"""Checks that MiniStack has the interfaces that the overrides expect, before anything is overridden."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any


class UnsupportedError(RuntimeError):
    """An overridden part of MiniStack differs in this version."""


def expect_parameters(function: Callable[..., Any], *names: str) -> None:
    """Raise an error unless a function has exactly these parameters.

    Raises:
        UnsupportedError: With the function, its parameters and the expected ones.
    """
    found = list(inspect.signature(function).parameters)
    if found != list(names):
        where = f"{function.__module__}.{function.__qualname__}"
        raise UnsupportedError(f"{where} takes {found}, not {list(names)}")


def expect_attributes(owner: object, *names: str) -> None:
    """Raise an error unless a module or object has these attributes.

    Raises:
        UnsupportedError: With the owner and the missing attributes.
    """
    if missing := [name for name in names if not hasattr(owner, name)]:
        raise UnsupportedError(f"{getattr(owner, '__name__', owner)} lacks {', '.join(missing)}")


def expect_fields(dataclass: type, *names: str) -> None:
    """Raise an error unless a dataclass has these fields.

    Raises:
        UnsupportedError: With the class and the missing fields.
    """
    found = {field.name for field in dataclasses.fields(dataclass)}
    if missing := [name for name in names if name not in found]:
        raise UnsupportedError(f"{dataclass.__module__}.{dataclass.__qualname__} lacks the fields {', '.join(missing)}")


def expect_keys(owner: dict[str, Any], what: str, *names: str) -> None:
    """Raise an error unless a table has these keys.

    Raises:
        UnsupportedError: With the table and the missing keys.
    """
    if missing := [name for name in names if name not in owner]:
        raise UnsupportedError(f"{what} lacks {', '.join(missing)}")
