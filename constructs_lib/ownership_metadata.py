"""Keys of the template metadata that records owned places and intended access to them. It imports nothing.

The proof finds owned places from policies. If every policy of a folder were loosened at once, none would tie it to its
owner any more and it would appear to be shared; the constructs therefore record the owned places in the resource's
metadata.

A rule with `everyone=True` opens owned places intentionally. The constructs record this access, so that the proof
accepts it, names it in its report, and still finds any access beyond it.
"""

from typing import Final

OWNED_KEY: Final = "cognito-app:owned"
"""The key in a bucket's or table's `Metadata`: a list of places, each with the IAM policy variables of its
owner, of its tenant or of both in it. In a policy's the places are whole ARNs, of any service."""

OPENED_KEY: Final = "cognito-app:opened"
"""The key beside it: a list of `{"place": ..., "caller": ..., "actions": [...]}`.

`place` is one of the owned places, on an API a route such as `GET /users/{owner}/things`; `caller` is `guest`,
`authenticated` or `group:NAME`, and `actions` are IAM's. An additional `"within": ["tenant"]` lists the placeholders of
the place that remain the caller's own; by default, none. `"attributes": [...]` on a table names the attributes that
requests may read or change; by default, whole rows are opened.
"""

CLAIMS_KEY: Final = "cognito-app:claims"
"""The key in the `Metadata` of any resource, preferably of the identity pool's principal tags: the form of the values
of token claims, by claim, as regular expressions of characters, classes and counts: `[a-z0-9-]{3,36}`.
"""

TRIGGER_KEY: Final = "cognito-app:claims-of-trigger"
"""The key beside it: a list of the claims whose form a token trigger of the user pool keeps. Without such a trigger,
the form is unknown."""
