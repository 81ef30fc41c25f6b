"""Tenant memberships: a table, the token trigger that reads it, and an API that manages it."""

from constructs_lib.memberships.memberships import Memberships

__all__ = ["Memberships"]
