"""Row visibility of a transaction: PostgreSQL's row-level security gets the caller; without one no row is visible.

Row-level security is the second layer, which also applies to a query without a WHERE. It does not protect against SQL
text from a caller, which could set `app.sub`, too. Always pass values as parameters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

__all__ = ["Person", "rows_of"]


class Person(Protocol):
    """A verified caller: no value may come from unverified client input."""

    @property
    def sub(self) -> str | None:
        """The user pool's ID of the user."""

    @property
    def tenant(self) -> str | None:
        """The tenant, from a claim that no user can write."""


@contextmanager
def rows_of(caller: Person, connection: Any) -> Iterator[Any]:
    """Start a transaction that sees the caller's rows; yield its cursor; commit at the end, roll back on an error.

    The settings end with the transaction, so that the next user of a pooled connection has no caller. Every exit from
    the block ends the transaction.

    Args:
        caller: The owner of the rows.
        connection: A connection of a DB-API driver that starts transactions automatically.

    Raises:
        PermissionError: If the caller has no `sub` or no tenant, such as a guest.
        RuntimeError: If another `rows_of` is active on the same connection, or autocommit is on.
    """
    if not caller.sub or not caller.tenant:
        raise PermissionError("rows belong to a user of a tenant, and this caller has no sub or no tenant")
    if connection.autocommit:
        raise RuntimeError("with autocommit the caller's settings would end before the query; leave it off")
    cursor = connection.cursor()
    try:
        _check_nobody_before(cursor)
        cursor.execute(
            "SELECT set_config('app.sub', %s, true), set_config('app.tenant', %s, true)", (caller.sub, caller.tenant)
        )
        yield cursor
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        cursor.close()


def _check_nobody_before(cursor: Any) -> None:
    cursor.execute("SELECT current_setting('app.sub', true)")
    [before] = cursor.fetchone()
    if before:
        raise RuntimeError("a transaction of another caller is in progress; end it before rows_of")
