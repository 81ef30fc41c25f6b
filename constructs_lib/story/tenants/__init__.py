"""Story of two tenants: their members, a member of both, a user without a tenant, and a guest."""

from constructs_lib.story.tenants.company import NEEDS, assemble
from constructs_lib.story.tenants.rows import CHAPTERS

__all__ = ["CHAPTERS", "NEEDS", "assemble"]
