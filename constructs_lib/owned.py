"""What belongs to owners, said in a template beside the resource that keeps it; it imports nothing.

The proof finds owned places from policies. Were every policy of a folder loosened at once, none would tie it to its
owner any more and it would pass for shared; so the constructs say in the resource's metadata what they made it for.
"""

from typing import Final

__all__ = ["METADATA_KEY"]

METADATA_KEY: Final = "cognito-app:owned"
"""The key in a bucket's or table's `Metadata`: a list of places, each with the owner's IAM policy variable in it."""
