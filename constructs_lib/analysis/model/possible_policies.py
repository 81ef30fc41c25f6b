"""Resource policies whose target the template does not determine: they may be the policy of a resource here."""

from __future__ import annotations

from dataclasses import replace

from constructs_lib.analysis.iam.policies import Policy


def possible_policy(policy: Policy, resource: str) -> Policy:
    """Return the Allows of a policy that may turn out to be for a resource; a Deny covers nothing."""
    source = f"{policy.source}, which may be the policy of {resource}"
    doubt = f"{policy.source} may be the policy of {resource}"
    allowed = (each for each in policy.everything if each.allow)
    return Policy(
        source=source, possible=tuple(replace(each, source=source, doubt=each.doubt or doubt) for each in allowed)
    )
