"""Whose rows a transaction sees: the caller's, told to PostgreSQL's row-level security, and nobody's without one.

Row-level security is the second wall, which holds where a query forgets its WHERE. It does not hold against SQL that
is itself a caller's: such a text could set `app.sub` too. Values are parameters, always.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

__all__ = ["Person", "rows_of"]


class Person(Protocol):
    """A verified caller: nothing here may come from what a client merely says."""

    @property
    def sub(self) -> str | None:
        """The user pool's ID of the user."""

    @property
    def tenant(self) -> str | None:
        """The tenant, from a claim that no user can write."""


@contextmanager
def rows_of(caller: Person, connection: Any) -> Iterator[Any]:
    """Begin a transaction that sees the caller's rows; yield its cursor; commit at the end, roll back at an error.

    The settings end with the transaction, so that the next user of a pooled connection has no caller. Each way out of
    the block ends the transaction.

    Args:
        caller: Whose rows.
        connection: Of a DB-API driver that begins transactions by itself.

    Raises:
        PermissionError: If the caller has no `sub` or no tenant, such as a guest.
        RuntimeError: Inside another `rows_of` on the same connection, or with autocommit.
    """
    if not caller.sub or not caller.tenant:
        raise PermissionError("rows belong to a user of a tenant, and this caller is none")
    if connection.autocommit:
        raise RuntimeError("with autocommit the caller would be forgotten before the query; leave it off")
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
        raise RuntimeError("a transaction of another caller is under way; end it before rows_of")
