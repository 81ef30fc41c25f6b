"""Who else may run a function that a user pool runs, with an event that says who the user is or what they become.

A trigger that sets a user's tenant or links their account elsewhere takes the user's name from its event, which only
the user pool is to send. Sources: "Using resource-based policies for Lambda" (AWS Lambda developer guide), "Customizing
user pool workflows with Lambda triggers" (Amazon Cognito developer guide), "The confused deputy problem" (IAM user
guide).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.proof.claim_sources import claim_stores, deciding_claims
from constructs_lib.analysis.proof.findings import Question, Status
from constructs_lib.analysis.proof.function_permissions import Code, other_invokers
from constructs_lib.analysis.proof.route_functions import called_directly
from constructs_lib.analysis.proof.sign_in_functions import (
    allows,
    challengers,
    deciding_actions,
    may_call,
    run_by_pools,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.claim_sources import ClaimStore
    from constructs_lib.analysis.proof.findings import Finding


def trigger_code(reachable: ReachableResources) -> Iterator[tuple[Code, str]]:
    """Yield the functions that user pools run and whose event decides who gets a claim or signs in, with what they do.

    They have a right to set claims or to let users sign in, check what users sign in with, or write what such a
    function reads.
    """
    model = reachable.model
    actions, checking = deciding_actions(deciding_claims(reachable)), {each.arn for each in challengers(model)}
    stores: list[ClaimStore] | None = None
    for function in run_by_pools(model):
        decides = function.arn in checking or may_call(function, actions, model)
        if not decides:
            stores = [each for each in claim_stores(reachable) if not each.by_reading] if stores is None else stores
            decides = any(store.may_be_used(each) for each in allows(function, model) for store in stores)
        if decides:
            code = Code(name=function.name, arn=function.arn, named=function.named)
            yield code, f"{function.name}, which decides for a user pool who gets a claim or signs in"


def trigger_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield who may run such a function with an event of their own; `integrations.py` asks of the routes of APIs."""
    for code, what in trigger_code(reachable):
        found = (
            *called_directly(code.name, code, what, reachable.model),
            *other_invokers(code.name, code, what, reachable.model),
        )
        for each in found:
            # Which users the code serves for an event is not analyzed.
            yield replace(each, question=Question.ANOTHER_WAY, status=Status.UNDECIDED)
