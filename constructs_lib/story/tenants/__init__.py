"""The story of companies as customers: two of them, everybody in them, somebody in both, in none, and a guest."""

from constructs_lib.story.tenants.company import NEEDS, assemble
from constructs_lib.story.tenants.rows import CHAPTERS

__all__ = ["CHAPTERS", "NEEDS", "assemble"]
