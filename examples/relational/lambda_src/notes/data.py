"""The connection and the queries. Every query is a constant, every value a parameter."""

import os
import ssl
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pg8000.dbapi

from notes.isolation import check_isolated

__all__ = ["add", "connection", "mine"]

_PORT = 5432
_CERTIFICATES = Path("/var/runtime/ca-cert.pem")
"""Lambda's runtimes contain the certificates of RDS."""


@cache
def connection() -> Any:
    """Return the connection of this execution environment, which is opened once.

    Raises:
        RuntimeError: If the database does not isolate callers.
    """
    host, user = os.environ["DATABASE_HOST"], os.environ["USER"]
    trust = ssl.create_default_context()
    if _CERTIFICATES.exists():
        trust.load_verify_locations(_CERTIFICATES)
    # A signature over host and user, computed locally without a call, and valid for 15 minutes.
    password = boto3.client("rds").generate_db_auth_token(DBHostname=host, Port=_PORT, DBUsername=user)
    opened = pg8000.dbapi.connect(
        user=user, password=password, host=host, port=_PORT, database=os.environ["DATABASE"], ssl_context=trust
    )
    check_isolated(opened)
    return opened


def mine(cursor: Any) -> list[dict[str, Any]]:
    """Return the notes that the caller may read. The query names no user: the policies select the rows."""
    cursor.execute("SELECT note_id, owner, shared, body FROM app.notes ORDER BY note_id LIMIT 100")
    return [
        {"note_id": str(note_id), "owner": owner, "shared": shared, "body": body}
        for note_id, owner, shared, body in cursor.fetchall()
    ]


def add(cursor: Any, *, body: str, shared: bool) -> str:
    """Add a note of the caller and return its ID."""
    cursor.execute("INSERT INTO app.notes (body, shared) VALUES (%s, %s) RETURNING note_id", (body, shared))
    return str(cursor.fetchone()[0])
