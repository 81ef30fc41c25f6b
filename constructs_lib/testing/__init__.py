"""Test helpers for apps: access assertions, template snapshots, and a ledger of stateful resources.

`assert_isolated` and `assert_access` ask the analysis; the fixtures `template_snapshot` and `stateful_ledger` come
with the pytest plugin of this package, which is active wherever the library is installed.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.testing.access import assert_access
    from constructs_lib.testing.isolation import assert_isolated

__all__ = ["assert_access", "assert_isolated"]


def __getattr__(name: str) -> Any:
    """Import the analysis on first use, because pytest imports this package in every run."""
    if name == "assert_access":
        from constructs_lib.testing.access import assert_access  # noqa: PLC0415 - a test that uses neither loads no engine

        return assert_access
    if name == "assert_isolated":
        from constructs_lib.testing.isolation import assert_isolated  # noqa: PLC0415 - a test that uses neither loads no engine

        return assert_isolated
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
