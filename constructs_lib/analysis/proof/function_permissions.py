"""Principals, besides the API, that permissions and function URLs allow to run the code behind an owned path.

Sources: "Using resource-based policies for Lambda", "Creating and managing Lambda function URLs" (AWS Lambda developer
guide), "The confused deputy problem" (IAM user guide).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import is_of_unknown_place, is_unknown, normalise_arn, of_any_partition
from constructs_lib.analysis.iam.principals import OWN_ACCOUNT
from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.model.listeners import GROUP
from constructs_lib.analysis.model.resources import may_be_true
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.template.atoms import ACCOUNT, ATOM, is_open, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.function_names import FunctionName
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource

ANYONE: Final = "anyone on the internet"
FUNCTION_PARTS: Final = 7
"""The number of parts of a function's ARN without version or alias."""
_NAME: Final = "AWS::Lambda::"
PASSED_ON: Final = ("cloudfront.", "edgelambda.", "elasticloadbalancing.", "vpc-lattice.", "iot.", "lex", "alexa-")
"""Services that forward requests of any client, for any resource of the account."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """The code behind a route.

    The ARN has a star if its name is not known; `named` finds it in a text that names it.
    """

    name: str
    arn: str
    named: FunctionName


def other_invokers(subject: str, code: Code, what: str, model: Model) -> Iterator[Finding]:
    """Yield the principals, besides the API, that permissions and function URLs allow, or may allow.

    `subject` is what the findings are about: an owned path, or the function; `what` is the function, with what it does,
    for reports.
    """
    for resource in model.resources:
        if resource.type.startswith(_NAME) and code.named.may_be_in(_target(resource)):
            if _is_of_group(resource, code, model):
                continue
            found = _by_resource(subject, resource, what, model)
            yield from found if code.named.is_in(_target(resource)) else (_possible(each, resource) for each in found)


def permissions_of(code: Code, model: Model) -> Iterator[Resource]:
    """Yield the permissions that name a function, or may name it."""
    for resource in model.resources:
        if resource.type == "AWS::Lambda::Permission" and code.named.may_be_in(_target(resource)):
            yield resource


def _is_of_group(resource: Resource, code: Code, model: Model) -> bool:
    """Return whether a permission is for the target groups of the templates, whose requests are followed.

    A target group only invokes functions of its own account: "Use Lambda functions as targets of an Application Load
    Balancer" (Elastic Load Balancing).
    """
    if not str(resource.get("Principal")).startswith("elasticloadbalancing."):
        return False
    groups = [each for each in model.resources if each.type == GROUP and code.named.is_in(str(each.get("Targets")))]
    source = resource.get("SourceArn")
    return any(source is None or each.is_named_in(str(source)) for each in groups)


def _possible(finding: Finding, resource: Resource) -> Finding:
    """Return a finding about a resource of Lambda that may be about another function: undecided."""
    return replace(finding, status=Status.UNDECIDED, story=f"{finding.story}, if {resource.name} turns out to name it")


def _by_resource(subject: str, resource: Resource, what: str, model: Model) -> Iterator[Finding]:
    if resource.type == "AWS::Lambda::Url" and resource.get("AuthType") != "AWS_IAM":
        who = ANYONE if resource.get("AuthType") == "NONE" else "an unknown caller"
        story = f"{who} may call {what}, by its own URL ({resource.name}): the behavior of its code is not analyzed"
        yield finding_about(subject, Status.UNDECIDED, who, story)
    elif resource.type == "AWS::Lambda::ResourcePolicy":
        story = f"the principals that {resource.name} allows to run {what} are not analyzed"
        yield finding_about(subject, Status.UNDECIDED, "an unknown caller", story)
    elif resource.type == "AWS::Lambda::Permission":
        yield from _by_permission(subject, resource, what, model)


def _target(resource: Resource) -> str:
    names = ("FunctionName", "TargetFunctionArn", "FunctionArn", "ResourceArn")
    return str(next((resource.get(each) for each in names if resource.get(each)), None))


def _by_permission(subject: str, permission: Resource, what: str, model: Model) -> Iterator[Finding]:
    # Of another account as it is written: `normalise_arn` takes each account for this one.
    principal = of_any_partition(str(permission.get("Principal")))
    by = f"because of {permission.name}"
    names = {caller.principal: str(caller) for caller in model.callers}
    sources = [permission.get(name) for name in ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken")]
    if principal == "*":
        by_url = permission.get("FunctionUrlAuthType") is not None or may_be_true(
            permission.get("InvokedViaFunctionUrl")
        )
        pinned = by_url or any(each is not None for each in sources)
        status = Status.UNDECIDED if pinned else Status.COUNTEREXAMPLE
        story = f"anyone may invoke {what}, with a forged event, {by}"
        yield finding_about(subject, status, ANYONE, story)
    elif principal in names:
        story = f"{names[principal]} may invoke {what}, with a forged event, {by}"
        yield finding_about(subject, Status.UNDECIDED, names[principal], story)
    elif principal in OWN_ACCOUNT or principal in model.roles:
        # The roles of the account are checked by their identity policies; other roles belong to the team.
        return
    elif "." not in principal or principal.startswith("arn:") or is_unknown(principal):
        story = f"{principal} may invoke {what}, with a forged event: no template determines who that is, {by}"
        yield finding_about(subject, Status.UNDECIDED, principal, story)
    elif principal.lower().startswith(PASSED_ON):
        story = f"{principal} may run {what}, with requests of any client: its clients are not analyzed, {by}"
        yield finding_about(subject, Status.UNDECIDED, principal, story)
    elif principal.startswith("apigateway.") and _is_of_elsewhere(permission, model):
        story = f"an API that no template has may run {what}: what it asks of callers is not seen, {by}"
        yield finding_about(subject, Status.UNDECIDED, "an unknown caller", story)
    elif not is_pinned(str(permission.get("SourceArn") or ""), str(permission.get("SourceAccount") or "")):
        any_api = principal.startswith("apigateway.")
        story = (
            f"an API of any account may run {what}, with an event that the API's owner writes: the permission has "
            f"no SourceArn of this account's API, {by}"
            if any_api
            else f"the service {principal} may run {what}, for another account: the permission has no SourceArn or "
            f"SourceAccount of this account, {by}"
        )
        sure = any_api and not any(is_unknown(str(each)) for each in sources)
        yield finding_about(
            subject, Status.COUNTEREXAMPLE if sure else Status.UNDECIDED, ANYONE if any_api else principal, story
        )


def _is_of_elsewhere(permission: Resource, model: Model) -> bool:
    """Return whether a permission is for one literal API of this account that no template has."""
    parts = split_around_atoms(normalise_arn(str(permission.get("SourceArn") or "")), ":", 5)
    name = split_around_atoms(parts[5], "/", 1)[0] if len(parts) > FUNCTION_PARTS - 2 else ""
    spelt = bool(name) and set("*?").isdisjoint(name) and parts[4] == ACCOUNT
    return spelt and not any(api.arn.endswith(f":{name}") for api in model.of(Api) if api.complete)


def is_pinned(arn: str, account: str) -> bool:
    """Return whether a service may act on behalf of this account alone.

    `arn` is that of the resource for which it acts, `account` the account; empty if none is asked for.
    """
    if account == ACCOUNT:
        return True
    named = any(not is_open(each) for each in ATOM.findall(arn))
    if is_of_unknown_place(arn) and not named:
        # Of an account that is a parameter, and of no resource here.
        return False
    parts = split_around_atoms(normalise_arn(arn), ":", 5)
    if len(parts) <= FUNCTION_PARTS - 2:
        # If the format of a resource's ARN is not known, a placeholder name represents it.
        text = parts[0]
        return text.startswith("⟦") and not is_unknown(text) and set("*?").isdisjoint(text)
    # Bucket names are globally unique.
    return parts[4] == ACCOUNT or (parts[2] == "s3" and set("*?").isdisjoint(parts[5]) and not is_unknown(parts[5]))


def route_finding(place: Place, status: Status, who: str, story: str) -> Finding:
    """Return a finding about an owned path."""
    return finding_about(place.name, status, who, story)


def finding_about(subject: str, status: Status, who: str, story: str) -> Finding:
    """Return a finding about an owned path, or a function."""
    return Finding(
        question=Question.INTERNET if who == ANYONE else Question.OTHERS_DATA,
        status=status,
        caller=who,
        subject=subject,
        engines=("evaluation",),
        story=story,
    )
