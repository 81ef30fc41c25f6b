"""Sign-in, and the IAM roles it leads to."""

from constructs_lib.auth.auth import Auth, Owner
from constructs_lib.auth.groups import Group

__all__ = ["Auth", "Group", "Owner"]
