"""IAM Access Analyzer's findings on every policy of the templates.

No offline validator replaces it: existing ones have fewer checks, and AWS maintains none of them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, agrees, differs, not_checked
from constructs_lib.verify.proof_models import models_of
from constructs_lib.verify.template_policies import Names, documents, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.verify.context import Context
    from constructs_lib.verify.template_policies import Document

_RESOURCE_TYPES: Final = {
    "AWS::DynamoDB::GlobalTable": "AWS::DynamoDB::Table",
    "AWS::DynamoDB::Table": "AWS::DynamoDB::Table",
    "AWS::IAM::Role": "AWS::IAM::AssumeRolePolicyDocument",
    "AWS::S3::BucketPolicy": "AWS::S3::Bucket",
}
"""Resource types of resource policies for which `ValidatePolicy` has additional checks."""

EXPLAINED: Final[Mapping[str, str]] = {}
"""Intentional findings, by issue code, each with the reason. Empty until a run on AWS has shown one."""


def run(context: Context) -> Iterator[Finding]:
    """Validate every policy once, even if several models contain it."""
    if context.run.local:
        why = "the local cloud has no IAM Access Analyzer, and no offline validator has all its checks"
        yield not_checked("the policies of the templates", why)
        return
    client = context.session.client("accessanalyzer")
    names = Names(context.run)
    seen: set[tuple[str, str]] = set()
    for document in (each for model in models_of(context) for each in documents(model)):
        text = json.dumps(names.value(document.body), separators=(",", ":"))
        if (document.where, text) not in seen:
            seen.add((document.where, text))
            yield from _validated(client, document, text)


def _validated(client: Any, document: Document, text: str) -> Iterator[Finding]:
    kind = _kind(document)
    if kind is None:
        why = "some of its statements name a principal and some do not; it is neither an identity nor a resource policy"
        yield differs(document.where, f"{why}: {text}")
        return
    pages = client.get_paginator("validate_policy").paginate(policyDocument=text, **kind)
    found = [each for page in pages for each in page["findings"]]
    for each in found:
        if each["issueCode"] not in EXPLAINED:
            what = f"{document.where}: {each['findingType']} {each['issueCode']}"
            detail = f"{each['findingDetails']} The policy: {text}"
            yield differs(what, detail, remedy=str(each.get("learnMoreLink", "")))
    if all(each["issueCode"] in EXPLAINED for each in found):
        explained = "".join(f"; {each['issueCode']} is intentional: {EXPLAINED[each['issueCode']]}" for each in found)
        yield agrees(f"{document.where} is valid{explained}")


def _kind(document: Document) -> dict[str, str] | None:
    """Return the policy type for `ValidatePolicy`; None for a document without a type."""
    named = {bool({"Principal", "NotPrincipal"}.intersection(each)) for each in statements(document.body)}
    if named == {False}:
        return {"policyType": "IDENTITY_POLICY"}
    if named != {True}:
        return None
    attached = _RESOURCE_TYPES.get(document.type)
    return {"policyType": "RESOURCE_POLICY", **({"validatePolicyResourceType": attached} if attached else {})}


CHECKS: Final = (
    Check(
        name="access-analyzer",
        level=0,
        title="IAM Access Analyzer finds no error, warning or suggestion in the templates' policies",
        run=run,
    ),
)
