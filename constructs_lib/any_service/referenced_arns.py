"""ARNs of constructs, such as `queue.queue_arn`: tokens, of which the type of the resource is known."""

from __future__ import annotations

from typing import Any, Final

from aws_cdk import CfnResource, Reference, Tokenization

from constructs_lib.any_service.action_data import form_of_type
from constructs_lib.any_service.owned_arns import ONE_TOKEN, TOKEN

_REF_IS_ARN: Final = frozenset(
    (
        *("AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::SecretsManager::Secret", "AWS::SNS::Topic"),
        "AWS::StepFunctions::StateMachine",
    )
)
"""Types whose `Ref` is their ARN ("Return values", AWS CloudFormation template reference)."""


def form_of(text: str) -> str:
    """Return the form of an ARN that begins with a token, up to the token's end: `*` if it is of no known resource."""
    found = _first(text)
    if found is None or not isinstance(found.target, CfnResource):
        return "*"
    type_, attribute = found.target.cfn_resource_type, found.display_name
    is_arn = attribute in {"Arn", f"{type_.rpartition('::')[2]}Arn"} or (attribute == "Ref" and type_ in _REF_IS_ARN)
    return form_of_type(type_) if is_arn else "*"


def without_tokens(message: str) -> str:
    """Return a message that names the resources and attributes of tokens, as in `${Stack/Queue.Arn}`."""
    return ONE_TOKEN.sub(lambda token: _name_of(token[0]), message)


def _name_of(token: str) -> str:
    # Pseudo parameters are tokens with a hint: `${Token[AWS.Partition.5]}`.
    hint = token.removeprefix(TOKEN).rpartition(".")[0]
    if hint.startswith("AWS."):
        return f"${{{hint.replace('.', '::')}}}"
    found = _first(token)
    return (
        "${...}" if found is None else f"${{{found.target.node.path.removesuffix('/Resource')}.{found.display_name}}}"
    )


def _first(text: str) -> Any:
    """Return the reference that is the first token of a text; None if the token is no reference."""
    token: Any = Tokenization.reverse_string(text).first_token
    return token if token is not None and Reference.is_reference(token) else None
