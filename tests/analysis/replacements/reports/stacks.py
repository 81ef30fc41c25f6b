"""Reports about whole stacks: exports, and resources that may not change their type."""

from typing import Any, Final

from constructs_lib.analysis.replacements.refusals import REFUSALS
from tests.analysis.replacements.reports.report import POOL, REFERENCE, Report, of, ref

_EXPORT: Final = {"Value": ref("Pool"), "Export": {"Name": "Auth:Pool"}}


def _stacks(outputs: dict[str, Any], *, imports: bool = True) -> dict[str, Any]:
    name = {"Fn::ImportValue": "Auth:Pool"} if imports else "none"
    return {
        "Auth": {"Resources": {"Pool": POOL["Pool"]}, "Outputs": outputs},
        "App": {"Resources": {"Topic": of("SNS::Topic", TopicName=name)}},
    }


def _export(name: str, what: str, outputs: dict[str, Any]) -> Report:
    refusal = REFUSALS[name]
    stacks = (_stacks({"Out": _EXPORT}), _stacks(outputs))
    return Report(what=what, says=refusal.message, source=refusal.source, stacks=stacks)


REPORTS: Final = [
    _export("an export that is in use", "An export that another stack imports is removed", {}),
    _export(
        "an export in use with another value", "The value of an export that another stack imports changes",
        {"Out": {**_EXPORT, "Value": "other"}},
    ),
    Report(
        what="The resource type of a logical ID changes", says="The type of a resource cannot be changed",
        source=f"{REFERENCE}/UserGuide/troubleshooting.html",
        old={"Store": of("DynamoDB::Table")}, new={"Store": of("S3::Bucket")},
        told="CloudFormation refuses to turn AWS::DynamoDB::Table into AWS::S3::Bucket",
    ),
]  # fmt: skip
