"""Kinds of resources that a run creates: how each is found by its name, looked up, and removed.

A resource that belongs to another (a policy to its role, a group to its user pool) is removed with it.
"""

from __future__ import annotations

import re
import shlex
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Final

from botocore.exceptions import ClientError

from constructs_lib.verify.run import TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from constructs_lib.verify.run import Run


def again(run: Run, session: boto3.Session) -> str:
    """Return the command that sweeps a run with the profile of this session."""
    return (
        f"cognito-app verify --sweep --run {run.run_id}{' --local' if run.local else ''}"
        f"{'' if run.local else profile_option(session)}"
    )


def profile_option(session: boto3.Session) -> str:
    """Return the option that names a session's profile, with a leading space; empty for the default profile."""
    profile = session.profile_name
    return "" if profile == "default" else f" --profile {shlex.quote(profile)}"


_MOST: Final = 1000
"""The maximum number of objects that S3 deletes in one call."""
_PATTERN: Final = r"arn:[^:]+:{service}:[^:]*:[^:]*:{rest}"


class Kind(ABC):
    """One kind of resource.

    Args:
        session: An administrator's session.
        run: The run.

    Attributes:
        name: A name of one or two words.
        service: boto3's name of the client.
        arn: The ARNs of it and of what belongs to it, with its name or ID as `id`.
        gone: The service's error codes for a resource that does not exist.
        command: The command that removes one. Empty: no single command does.
        numbered: Whether its ID is generated at its creation, so that a journal has only its name.
    """

    name: ClassVar[str]
    service: ClassVar[str]
    arn: ClassVar[str]
    gone: ClassVar[frozenset[str]]
    command: ClassVar[str]
    numbered: ClassVar[bool] = False

    def __init__(self, session: boto3.Session, run: Run) -> None:
        self.run = run
        self._session = session
        self.client: Any = session.client(self.service)  # type: ignore[call-overload] # a name of its list

    @abstractmethod
    def named(self) -> Iterator[str]:
        """Yield the names or IDs of the resources with the run's name."""

    @abstractmethod
    def look(self, id: str) -> Any:
        """Look one up; raise the service's own error if there is none."""

    @abstractmethod
    def remove(self, id: str) -> None:
        """Remove one, including the resources that belong to it."""

    def exists(self, id: str) -> bool:
        """Whether there is one of this name or ID."""
        try:
            return self.look(id) is not None
        except ClientError as error:
            if error.response["Error"]["Code"] in self.gone:
                return False
            raise

    def removing(self, id: str) -> str:
        """Return the command that removes one; the sweep on a local cloud, and if removal takes several calls."""
        if self.run.local or not self.command:
            return again(self.run, self._session)
        return f"{self.command.format(id=shlex.quote(id))} --region {self.run.region}{profile_option(self._session)}"

    def of_arn(self, arn: str) -> str | None:
        """Return the name or ID in an ARN of this kind; None for another kind's ARN."""
        found = re.fullmatch(self.arn, arn)
        return found["id"] if found else None

    def _pages(self, operation: str, key: str, **options: Any) -> Iterator[Any]:
        for page in self.client.get_paginator(operation).paginate(**options):
            yield from page.get(key, ())


class Stack(Kind):
    """A CloudFormation stack with its resources."""

    name = "stack"
    service = "cloudformation"
    arn = _PATTERN.format(service=service, rest=r"stack/(?P<id>[^/]+)/.*")
    gone = frozenset({"ValidationError"})
    command = "aws cloudformation delete-stack --stack-name {id}"

    def named(self) -> Iterator[str]:
        """Yield the names of the run's stacks, including one in review."""
        return (each["StackName"] for each in self._pages("describe_stacks", "Stacks") if self._is_ours(each))

    def look(self, id: str) -> Any:
        """Describe it; None once it is deleted, because its ID can be described for weeks."""
        [found] = self.client.describe_stacks(StackName=id)["Stacks"]
        return None if found["StackStatus"] == "DELETE_COMPLETE" else found

    def remove(self, id: str) -> None:
        """Start its deletion once no other operation is in progress; `deletion.py` waits for the end."""
        self.client.delete_stack(StackName=id)

    def _is_ours(self, stack: Any) -> bool:
        return self.run.owns(stack["StackName"]) and stack["StackStatus"] != "DELETE_COMPLETE"


class Function(Kind):
    """A Lambda function."""

    name = "function"
    service = "lambda"
    arn = _PATTERN.format(service=service, rest=r"function:(?P<id>[^:]+)(:.*)?")
    gone = frozenset({"ResourceNotFoundException"})
    command = "aws lambda delete-function --function-name {id}"

    def named(self) -> Iterator[str]:
        """Yield the names of the run's functions."""
        found = self._pages("list_functions", "Functions")
        return (each["FunctionName"] for each in found if self.run.owns(each["FunctionName"]))

    def look(self, id: str) -> Any:
        """Get its configuration."""
        return self.client.get_function_configuration(FunctionName=id)

    def remove(self, id: str) -> None:
        """Delete it."""
        self.client.delete_function(FunctionName=id)


class HttpApi(Kind):
    """An HTTP API."""

    name = "HTTP API"
    service = "apigatewayv2"
    arn = _PATTERN.format(service="apigateway", rest=r"/apis/(?P<id>[^/]+)(/.*)?")
    gone = frozenset({"NotFoundException"})
    command = "aws apigatewayv2 delete-api --api-id {id}"
    numbered = True

    def named(self) -> Iterator[str]:
        """Yield the IDs of the run's APIs."""
        return (each["ApiId"] for each in self._pages("get_apis", "Items") if self.run.owns(each["Name"]))

    def look(self, id: str) -> Any:
        """Get it."""
        return self.client.get_api(ApiId=id)

    def remove(self, id: str) -> None:
        """Delete it."""
        self.client.delete_api(ApiId=id)


class Bucket(Kind):
    """An S3 bucket, with every version of every object."""

    name = "bucket"
    service = "s3"
    arn = _PATTERN.format(service=service, rest=r"(?P<id>[^/]+)")
    gone = frozenset({"404", "NoSuchBucket"})
    command = "aws s3 rb s3://{id} --force"

    def named(self) -> Iterator[str]:
        """Yield the names of the run's buckets."""
        found = self._pages("list_buckets", "Buckets", Prefix=self.run.prefix)
        return (each["Name"] for each in found if self.run.owns(each["Name"]))

    def look(self, id: str) -> Any:
        """Request its head; a bucket of another account is refused."""
        return self.client.head_bucket(Bucket=id, ExpectedBucketOwner=self.run.account)

    def remove(self, id: str) -> None:
        """Empty and delete it.

        Raises:
            OSError: An object could not be deleted; S3 reports that in a successful response.
        """
        owned = {"Bucket": id, "ExpectedBucketOwner": self.run.account}
        for page in self.client.get_paginator("list_object_versions").paginate(**owned):
            versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
            for start in range(0, len(objects), _MOST):
                some = {"Objects": objects[start : start + _MOST], "Quiet": True}
                if errors := self.client.delete_objects(Delete=some, **owned).get("Errors"):
                    raise OSError(f"{errors[0]['Key']}: {errors[0]['Code']} {errors[0].get('Message', '')}")
        for upload in self._pages("list_multipart_uploads", "Uploads", **owned):
            self.client.abort_multipart_upload(Key=upload["Key"], UploadId=upload["UploadId"], **owned)
        self.client.delete_bucket(**owned)


class Table(Kind):
    """A DynamoDB table."""

    name = "table"
    service = "dynamodb"
    arn = _PATTERN.format(service=service, rest=r"table/(?P<id>[^/]+)(/.*)?")
    gone = frozenset({"ResourceNotFoundException"})
    command = "aws dynamodb delete-table --table-name {id}"

    def named(self) -> Iterator[str]:
        """Yield the names of the run's tables."""
        return filter(self.run.owns, self._pages("list_tables", "TableNames"))

    def look(self, id: str) -> Any:
        """Describe it; a table that is being deleted counts as gone."""
        found = self.client.describe_table(TableName=id)["Table"]
        return None if found["TableStatus"] == "DELETING" else found

    def remove(self, id: str) -> None:
        """Delete it."""
        self.client.delete_table(TableName=id)


class UserPool(Kind):
    """A user pool, with its users, clients and groups."""

    name = "user pool"
    service = "cognito-idp"
    arn = _PATTERN.format(service=service, rest=r"userpool/(?P<id>[^/]+)")
    gone = frozenset({"ResourceNotFoundException"})
    command = "aws cognito-idp delete-user-pool --user-pool-id {id}"
    numbered = True

    def named(self) -> Iterator[str]:
        """Yield the IDs of the run's user pools."""
        found = self._pages("list_user_pools", "UserPools", MaxResults=60)
        return (each["Id"] for each in found if self.run.owns(each["Name"]))

    def look(self, id: str) -> Any:
        """Describe it."""
        return self.client.describe_user_pool(UserPoolId=id)

    def remove(self, id: str) -> None:
        """Delete it, after its domain if it has one."""
        found = self.look(id)["UserPool"]
        for domain in filter(None, (found.get("Domain"), found.get("CustomDomain"))):
            self.client.delete_user_pool_domain(Domain=domain, UserPoolId=id)
        self.client.delete_user_pool(UserPoolId=id)


class IdentityPool(Kind):
    """An identity pool, with its identities."""

    name = "identity pool"
    service = "cognito-identity"
    arn = _PATTERN.format(service=service, rest=r"identitypool/(?P<id>.+)")
    gone = frozenset({"ResourceNotFoundException"})
    command = "aws cognito-identity delete-identity-pool --identity-pool-id {id}"
    numbered = True

    def named(self) -> Iterator[str]:
        """Yield the IDs of the run's identity pools."""
        found = self._pages("list_identity_pools", "IdentityPools", MaxResults=60)
        return (each["IdentityPoolId"] for each in found if self.run.owns(each["IdentityPoolName"]))

    def look(self, id: str) -> Any:
        """Describe it."""
        return self.client.describe_identity_pool(IdentityPoolId=id)

    def remove(self, id: str) -> None:
        """Delete it."""
        self.client.delete_identity_pool(IdentityPoolId=id)


class Role(Kind):
    """An IAM role, with its policies."""

    name = "role"
    service = "iam"
    arn = _PATTERN.format(service=service, rest=r"role/([^/]+/)*(?P<id>[^/]+)")
    gone = frozenset({"NoSuchEntity"})
    command = ""

    def named(self) -> Iterator[str]:
        """Yield the names of the run's roles."""
        return (each["RoleName"] for each in self._pages("list_roles", "Roles") if self.run.owns(each["RoleName"]))

    def look(self, id: str) -> Any:
        """Get it."""
        return self.client.get_role(RoleName=id)

    def remove(self, id: str) -> None:
        """Delete it after its policies."""
        for policy in self._pages("list_role_policies", "PolicyNames", RoleName=id):
            self.client.delete_role_policy(RoleName=id, PolicyName=policy)
        for attached in self._pages("list_attached_role_policies", "AttachedPolicies", RoleName=id):
            self.client.detach_role_policy(RoleName=id, PolicyArn=attached["PolicyArn"])
        self.client.delete_role(RoleName=id)


class Key(Kind):
    """A KMS key, which cannot be deleted at once: until its deletion it is disabled, and free of charge."""

    name = "key"
    service = "kms"
    arn = _PATTERN.format(service=service, rest=r"key/(?P<id>.+)")
    gone = frozenset({"NotFoundException"})
    command = "aws kms schedule-key-deletion --pending-window-in-days 7 --key-id {id}"
    numbered = True

    def named(self) -> Iterator[str]:
        """Yield nothing: keys have no names, and are found by their tag."""
        return iter(())

    def look(self, id: str) -> Any:
        """Describe it; None while it waits for its deletion."""
        found = self.client.describe_key(KeyId=id)["KeyMetadata"]
        return None if str(found["KeyState"]).startswith("Pending") else found

    def remove(self, id: str) -> None:
        """Schedule its deletion as soon as KMS allows; remove the tag, by which it would be found until then."""
        self.client.untag_resource(KeyId=id, TagKeys=[TAG])
        self.client.schedule_key_deletion(KeyId=id, PendingWindowInDays=7)


class LogGroup(Kind):
    """A log group of the stack, or one that Lambda creates for a function without a log group."""

    name = "log group"
    service = "logs"
    arn = _PATTERN.format(service=service, rest=r"log-group:(?P<id>[^:]+)(:\*)?")
    gone = frozenset({"ResourceNotFoundException"})
    command = "aws logs delete-log-group --log-group-name {id}"
    _BEFORE: Final = ("", "/aws/lambda/", "/aws/apigateway/")

    def named(self) -> Iterator[str]:
        """Yield the names of the run's log groups."""
        for before in self._BEFORE:
            prefix = f"{before}{self.run.prefix}"
            for each in self._pages("describe_log_groups", "logGroups", logGroupNamePrefix=prefix):
                if self.run.owns(each["logGroupName"].removeprefix(before)):
                    yield each["logGroupName"]

    def look(self, id: str) -> Any:
        """Find it; CloudWatch Logs cannot describe one by its name alone."""
        found = self._pages("describe_log_groups", "logGroups", logGroupNamePrefix=id)
        return next((each for each in found if each["logGroupName"] == id), None)

    def remove(self, id: str) -> None:
        """Delete it."""
        self.client.delete_log_group(logGroupName=id)


KINDS: Final[tuple[type[Kind], ...]] = (
    Stack,
    HttpApi,
    Function,
    Bucket,
    Table,
    IdentityPool,
    UserPool,
    Role,
    Key,
    LogGroup,
)
"""In order of removal: resources that create others first, log groups after all that write to them."""
