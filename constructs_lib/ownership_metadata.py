"""Keys of the template metadata that records owned places and intended access to them. It imports nothing.

The proof finds owned places from policies. Were every policy of a folder loosened at once, none would tie it to its
owner any more and it would pass for shared; so the constructs say in the resource's metadata what they made it for.

A rule that says `everyone=True` opens owned places on purpose. The constructs write who may do what there, so that the
proof calls that meant, names it in its report, and still finds anything beyond it.
"""

from typing import Final

__all__ = ["CLAIMS_KEY", "OPENED_KEY", "OWNED_KEY"]

OWNED_KEY: Final = "cognito-app:owned"
"""The key in a bucket's or table's `Metadata`: a list of places, each with the IAM policy variables of its
owner, of its tenant or of both in it. In a policy's the places are whole ARNs, of any service."""

OPENED_KEY: Final = "cognito-app:opened"
"""The key beside it: a list of `{"place": ..., "caller": ..., "actions": [...]}`.

`place` is one of the owned places, on an API a route such as `GET /users/{owner}/things`; `caller` is `guest`,
`authenticated` or `group:NAME`, and `actions` are IAM's. A further `"within": ["tenant"]` lists the placeholders of the
place that are still the caller's own; without it there are none. `"attributes": [...]` on a table names the attributes
that requests may ask for or change; without it whole rows are opened.
"""

CLAIMS_KEY: Final = "cognito-app:claims"
"""The key in the `Metadata` of any resource, best of the identity pool's principal tags: what the values of tokens'
claims look like, by claim, as regular expressions of characters, classes and counts: `[a-z0-9-]{3,36}`.
"""
