"""Access to owned channels that neither IAM nor a token of the user pool authorizes.

Source: "Configuring authorization and authentication to secure Event APIs" (AWS AppSync Events developer guide). An API
key is for "public" APIs: it authorizes every client that has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.function_permissions import ANYONE, route_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.kinds.channels import Channels
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.proof.findings import Finding


def channel_findings(place: Place, channels: Channels) -> Iterator[Finding]:
    """Yield other access paths to owned channels, and doubts about the code that authorizes requests."""
    for endpoint in channels.endpoints():
        if endpoint.auth == "api key":
            story = (
                f"anyone with the API's key can {endpoint.where}, which serves {place.name}: no handler asks who it is"
            )
            yield route_finding(place, Status.COUNTEREXAMPLE, ANYONE, story)
        else:
            why = channels.namespace.doubt or "no template determines whom that allows"
            story = f"an unknown caller may {endpoint.where}, which serves {place.name}: {why}"
            yield route_finding(place, Status.UNDECIDED, "an unknown caller", story)
    if channels.namespace.doubt:
        story = f"{channels.namespace.doubt}; {place.name} is behind it"
        yield route_finding(place, Status.UNDECIDED, "an unknown caller", story)
