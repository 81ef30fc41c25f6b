"""A public report of a refused deployment, as data: the templates, AWS's message, and the check that predicts it."""

import re
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.analysis.replacements import Effect

Resources = dict[str, Any]
_THREAD: Final = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)")


@dataclass(frozen=True, kw_only=True, eq=False)
class Report:
    """One refusal.

    Attributes:
        what: The cause.
        says: AWS's message, shortened.
        source: The thread or page of the report.
        new: The resources that were deployed.
        old: The resources that were deployed before; None for a first deployment.
        told: The text of `review`; by default AWS's message.
        effect: The effect that `review` reports.
        rule: The rule of CloudFormation's validation that reports it in a synth; "" for a rule of this library.
        stacks: Both sides for several stacks, instead of `old` and `new`.
    """

    what: str
    says: str
    source: str
    new: Resources | None = None
    old: Resources | None = None
    told: str = ""
    effect: Effect = Effect.REFUSED
    rule: str = ""
    stacks: tuple[dict[str, Any], dict[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class Unsaid:
    """A refusal that no template can show, and the reason."""

    what: str
    says: str
    source: str
    why: str


def short_source(source: str) -> str:
    """Name a thread as `owner/repository#number`, and a page by its host."""
    found = _THREAD.fullmatch(source)
    return f"{found[1]}#{found[2]}" if found else source.split("/")[2]


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def of(kind: str, **properties: Any) -> Resources:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def policy(*statements: Any, **statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements, *([statement] if statement else [])]}


def allow(*actions: str, resource: Any = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


CDK: Final = "https://github.com/aws/aws-cdk/issues"
ROADMAP: Final = "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues"
REFERENCE: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest"
POOL: Final[Resources] = {"Pool": of("Cognito::UserPool"), "Identities": of("Cognito::IdentityPool")}
API: Final[Resources] = {
    "Api": of("ApiGateway::RestApi", Name="a"), "Domain": of("ApiGateway::DomainName", DomainName="d"),
}  # fmt: skip
TRUST: Final = policy(Effect="Allow", Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")
ROLE: Final[Resources] = {"Role": of("IAM::Role", AssumeRolePolicyDocument=TRUST)}
CODE: Final = {
    "Role": att("Role", "Arn"), "Code": {"ZipFile": "x"}, "Handler": "index.handler", "Runtime": "python3.13",
}  # fmt: skip
