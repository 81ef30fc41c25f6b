"""Principals other than the users of an app, and resources that act for others, with the rights that users had."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from tests.analysis.proof.access_paths.openings import Document, Opening, allow, att, of, ref, role

Given = Callable[[Sequence[Document]], Opening]
"""Returns who has some statements, instead of the users."""


def _document(statements: Sequence[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _policies(statements: Sequence[Document]) -> list[Document]:
    return [{"PolicyName": "p", "PolicyDocument": _document(statements)}]


def _holder(type_: str, **properties: Callable[[Sequence[Document]], Any] | Any) -> Given:
    def give(statements: Sequence[Document]) -> Opening:
        filled = {name: value(statements) if callable(value) else value for name, value in properties.items()}
        return Opening(resources={"Holder": of(type_, **filled)})

    return give


def _taken(principal: Document, action: str = "sts:AssumeRole", **condition: Any) -> Given:
    trust = {"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition}
    return _holder("AWS::IAM::Role", AssumeRolePolicyDocument=_document([trust]), Policies=_policies)


def _services(statements: Sequence[Document]) -> list[str]:
    """Return the services of the statements' actions."""
    actions = [each.get("Action", each.get("NotAction")) for each in statements]
    names = [name for each in actions for name in (each if isinstance(each, list) else [each])]
    return list(dict.fromkeys(str(name).partition(":")[0] for name in names))


def _open_route(statements: Sequence[Document]) -> Opening:
    """Routes without an authorizer that call each service with one role."""
    resources = {
        "ActsForOthers": role("apigateway.amazonaws.com", *statements),
        "Open": of("AWS::ApiGateway::RestApi", Name="o"),
    }
    for number, service in enumerate(_services(statements)):
        resources[f"Path{number}"] = of(
            "AWS::ApiGateway::Resource", RestApiId=ref("Open"), ParentId=att("Open", "RootResourceId"),
            PathPart=f"p{number}",
        )  # fmt: skip
        resources[f"Method{number}"] = of(
            "AWS::ApiGateway::Method", RestApiId=ref("Open"), ResourceId=ref(f"Path{number}"), HttpMethod="POST",
            AuthorizationType="NONE", Integration={
                "Type": "AWS", "IntegrationHttpMethod": "POST", "Credentials": att("ActsForOthers"),
                "Uri": f"arn:aws:apigateway:us-east-1:{service}:path//"},
        )  # fmt: skip
    return Opening(resources=resources)


def _started_machine(statements: Sequence[Document]) -> Opening:
    """A state machine that users may start, whose definition is not known."""
    machine = of("AWS::StepFunctions::StateMachine", RoleArn=att("ActsForOthers"), DefinitionString=ref("AWS::NoValue"))
    resources = {"ActsForOthers": role("states.amazonaws.com", *statements), "Started": machine}
    return Opening(resources=resources, user=(allow("states:StartExecution", ref("Started")),))


def _built(statements: Sequence[Document]) -> Opening:
    """A build of the pull requests of any author."""
    pulls = {"Webhook": True, "FilterGroups": [[{"Type": "EVENT", "Pattern": "PULL_REQUEST_CREATED"}]]}
    project = of(
        "AWS::CodeBuild::Project", ServiceRole=att("ActsForOthers"), Triggers=pulls, Artifacts={"Type": "NO_ARTIFACTS"},
        Source={"Type": "GITHUB", "Location": "https://github.com/example/app.git"},
        Environment={"Type": "LINUX_CONTAINER", "Image": "aws/codebuild/standard:7.0",
                     "ComputeType": "BUILD_GENERAL1_SMALL"},
    )  # fmt: skip
    return Opening(resources={"ActsForOthers": role("codebuild.amazonaws.com", *statements), "Built": project})


PRINCIPALS: Final[dict[str, Given]] = {
    "an IAM user": _holder("AWS::IAM::User", Policies=_policies),
    "an IAM group": _holder("AWS::IAM::Group", Policies=_policies),
    "a permission set": _holder("AWS::SSO::PermissionSet", InlinePolicy=_document),
    "a role of another stack": _holder(
        "AWS::IAM::Policy", PolicyName="p", Roles=["of-another-stack"], PolicyDocument=_document
    ),
    "any GitHub workflow": _taken(
        {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
        "sts:AssumeRoleWithWebIdentity",
        StringEquals={"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
    ),
    "a user of a SAML provider": _taken(
        {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"}, "sts:AssumeRoleWithSAML"
    ),
    "another account": _taken({"AWS": "arn:aws:iam::999999999999:root"}),
    "a build of pull requests": _built,
    "an open route": _open_route,
    "a state machine that users start": _started_machine,
}
