"""Updates that AWS refuses, with its error messages and their sources: one reviewed table.

The rules that detect them are in `name_conflicts`, `exports` and `stack_update_rules`; `docs/refusals.md` documents
this table.
"""

from dataclasses import dataclass
from typing import Final

NO_LOSS: Final = "Nothing is lost, but nothing else in this update is deployed either."

_CDK: Final = "https://github.com/aws/aws-cdk/issues"
_ROADMAP: Final = "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues"
_KEEP: Final = "Keep the logical ID (`overrideLogicalId`), or use `cdk refactor`."
_RENAME: Final = f"{_KEEP} A new one needs a different name, or none."
_STEPS: Final = "Remove the old one in one update and create the new one in the next."


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A refusal of AWS.

    Attributes:
        message: The error message of AWS.
        way_out: The remedy.
        source: The report or documentation.
    """

    message: str
    way_out: str
    source: str


REFUSALS: Final[dict[str, Refusal]] = {
    "a group of one name": Refusal(
        message="A group with the name already exists",
        way_out=f"{_KEEP} Names that differ only in case are equal, too.",
        source="https://github.com/aws-amplify/amplify-backend/issues/1781",
    ),
    "a second domain of a kind": Refusal(
        message="User pool already has a domain configured",
        way_out="Remove the domain in one update and create the other in the next; sign-in is unavailable in between.",
        source=f"{_CDK}/10062",
    ),
    "a provider of one name": Refusal(
        message="Resource of type 'AWS::Cognito::UserPoolIdentityProvider' already exists",
        way_out=_KEEP,
        source="https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html",
    ),
    "a resource server of one identifier": Refusal(
        message="Resource of type 'AWS::Cognito::UserPoolResourceServer' already exists",
        way_out=_KEEP,
        source="https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html",
    ),
    "a second role attachment": Refusal(
        message="Resource of type 'AWS::Cognito::IdentityPoolRoleAttachment' already exists",
        way_out=_KEEP,
        source=f"{_CDK}/33510",
    ),
    "a second log delivery": Refusal(
        message="Resource of type 'AWS::Cognito::LogDeliveryConfiguration' already exists",
        way_out=f"{_KEEP} {_STEPS}",
        source=f"{_CDK}/31242",
    ),
    "a bucket of one name": Refusal(
        message="The requested bucket name is not available",
        way_out=_RENAME,
        source="https://github.com/n8n-io/n8n-hosting/pull/164",
    ),
    "a second bucket policy": Refusal(
        message="The bucket policy already exists on bucket", way_out=_KEEP, source=f"{_ROADMAP}/1068"
    ),
    "a table of one name": Refusal(
        message="already exists in stack",
        way_out=_RENAME,
        source="https://github.com/serverless/serverless/issues/1677",
    ),
    "a role or policy of one name": Refusal(message="already exists in stack", way_out=_RENAME, source=f"{_CDK}/15357"),
    "a function of one name": Refusal(
        message="Function already exist",
        way_out=_RENAME,
        source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
    "a log group of one name": Refusal(
        message="Resource of type 'AWS::Logs::LogGroup' already exists",
        way_out=_RENAME,
        source="https://github.com/serverless/serverless/issues/3168",
    ),
    "a log group that its function made": Refusal(
        message="Resource of type 'AWS::Logs::LogGroup' already exists",
        way_out="Import the log group into the stack, delete it first, or give the function one of another name.",
        source="https://github.com/serverless/serverless/issues/10002",
    ),
    "the same event source": Refusal(
        message="An event source mapping with this source and function already exists",
        way_out=f"{_KEEP} {_STEPS}",
        source=f"{_CDK}/18706",
    ),
    "a record of one name": Refusal(
        message="Tried to create resource record set but it already exists",
        way_out=_KEEP,
        source=f"{_CDK}/12564",
    ),
    "a domain name of two distributions": Refusal(
        message="One or more of the CNAMEs you provided are already associated with a different resource",
        way_out=f"{_KEEP} {_STEPS}",
        source=f"{_CDK}/12707",
    ),
    "a CloudFront policy of one name": Refusal(
        message="Another response headers policy with the same name already exists",
        way_out=_RENAME,
        source="https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/issues/884",
    ),
    "the same API path": Refusal(
        message="Another resource with the same parent already has this name",
        way_out=f"{_KEEP} {_STEPS}",
        source="https://github.com/serverless/serverless/issues/2771",
    ),
    "a second variable in an API path": Refusal(
        message="A sibling of this resource already has a variable path part",
        way_out=f"Keep the variable's name. {_STEPS}",
        source=f"{_CDK}/25172",
    ),
    "the same API method": Refusal(
        message="Method already exists for this resource",
        way_out=f"{_KEEP} {_STEPS}",
        source="https://github.com/serverless/serverless/issues/7231",
    ),
    "an API key of one name": Refusal(message="API Key already exists", way_out=_RENAME, source=f"{_CDK}/12698"),
    "the same base path": Refusal(
        message="Base path already exists for this domain name", way_out=f"{_KEEP} {_STEPS}", source=f"{_CDK}/5794"
    ),
    "a base path beside the empty one": Refusal(
        message="Only one base path mapping is allowed if the base path is empty",
        way_out=_STEPS,
        source=f"{_CDK}/11095",
    ),
    "an API mapping of one key": Refusal(
        message="ApiMapping key already exists for this domain name",
        way_out=f"Keep the API. {_STEPS}",
        source=f"{_ROADMAP}/1151",
    ),
    "an API domain of one name": Refusal(
        message="The domain name you provided already exists",
        way_out=_KEEP,
        source="https://github.com/aws/serverless-application-model/issues/1958",
    ),
    "an authorizer of one name": Refusal(
        message="Authorizer name must be unique",
        way_out=f"{_KEEP} A new one needs a different name.",
        source=f"{_CDK}/13711",
    ),
    "a listener's port": Refusal(message="Listener port is already in use", way_out=_KEEP, source=f"{_CDK}/13901"),
    "a rule's priority": Refusal(
        message="Priority is currently in use",
        way_out=f"{_KEEP} A new rule needs a different priority.",
        source="https://github.com/stelligent/mu/issues/324",
    ),
    "a target group of one name": Refusal(
        message="A target group with the same name exists, but with different settings",
        way_out=_RENAME,
        source="https://github.com/cloudposse/terraform-aws-alb/issues/109",
    ),
    "an API domain of another endpoint": Refusal(
        message="Can only perform one update operation at a time",
        way_out="Add the new endpoint type beside the old one first, and remove the old one in a later update.",
        source=f"{_CDK}/12845",
    ),
    "API logs without a role": Refusal(
        message="CloudWatch Logs role ARN must be set in account settings to enable logging",
        way_out="Set the account's role once (`aws apigateway update-account`), or add an AWS::ApiGateway::Account.",
        source="https://github.com/anomalyco/sst/issues/1556",
    ),
    "attributes that no key uses": Refusal(
        message="Some AttributeDefinitions are not used",
        way_out="Define the attributes that keys of the table and its indexes name, and no others.",
        source="https://github.com/aws-cloudformation/cfn-lint/issues/1037",
    ),
    "an ACL without ownership": Refusal(
        message="Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        way_out="Leave AccessControl out and use a bucket policy, or set OwnershipControls to ObjectWriter.",
        source=f"{_CDK}/25358",
    ),
    "an export that is in use": Refusal(
        message="Export cannot be deleted as it is in use",
        way_out="Keep it (`stack.exportValue`) until no deployed stack imports it, and remove it in a later update.",
        source=f"{_CDK}/3414",
    ),
    "an export in use with another value": Refusal(
        message="Export cannot be updated as it is in use",
        way_out="Export the new value under a new name, move the stacks that import it, and remove the old one later.",
        source=f"{_CDK}/5304",
    ),
    "more than a template takes": Refusal(
        message="Template may not exceed this limit",
        way_out="Split the stack, or nest a part of it.",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
    ),
}
