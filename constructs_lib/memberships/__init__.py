"""Who belongs to which tenant: a table, the token trigger that reads it, and an API that looks after it."""

from constructs_lib.memberships.memberships import Memberships

__all__ = ["Memberships"]
