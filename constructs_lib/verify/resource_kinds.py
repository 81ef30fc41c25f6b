"""The kinds of resources that a run creates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.resource_kind import Kind
from constructs_lib.verify.run import TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST: Final = 1000
"""The maximum number of objects that S3 deletes in one call."""
_LARGE_PAGE: Final = {"MaxResults": 60}
_PATTERN: Final = r"arn:[^:]+:{service}:[^:]*:[^:]*:{rest}"


class Stack(Kind):
    """A CloudFormation stack with its resources."""

    name = "stack"
    service = "cloudformation"
    arn = _PATTERN.format(service=service, rest=r"stack/(?P<id>[^/]+)/.*")
    not_found_codes = frozenset({"ValidationError"})
    command = "aws cloudformation delete-stack --stack-name {id}"
    delete_operation = "delete_stack"  # `deletion.py` waits for the end
    parameter = "StackName"

    def named(self) -> Iterator[str]:
        """Yield the names of the run's stacks, including one in review."""
        found = self._pages("describe_stacks", "Stacks")
        ours = (each for each in found if self.run.owns(each["StackName"]))
        return (each["StackName"] for each in ours if each["StackStatus"] != "DELETE_COMPLETE")

    def describe(self, id: str) -> Any:
        """Describe it; None once it is deleted, because its ID can be described for weeks."""
        [found] = self.client.describe_stacks(StackName=id)["Stacks"]
        return None if found["StackStatus"] == "DELETE_COMPLETE" else found


class Function(Kind):
    """A Lambda function."""

    name = "function"
    service = "lambda"
    arn = _PATTERN.format(service=service, rest=r"function:(?P<id>[^:]+)(:.*)?")
    not_found_codes = frozenset({"ResourceNotFoundException"})
    command = "aws lambda delete-function --function-name {id}"
    list_operation = "list_functions", "Functions"
    members = "FunctionName", "FunctionName"
    describe_operation, delete_operation, parameter = "get_function_configuration", "delete_function", "FunctionName"


class HttpApi(Kind):
    """An HTTP API."""

    name = "HTTP API"
    service = "apigatewayv2"
    arn = _PATTERN.format(service="apigateway", rest=r"/apis/(?P<id>[^/]+)(/.*)?")
    not_found_codes = frozenset({"NotFoundException"})
    command = "aws apigatewayv2 delete-api --api-id {id}"
    list_operation = "get_apis", "Items"
    members = "ApiId", "Name"
    describe_operation, delete_operation, parameter = "get_api", "delete_api", "ApiId"
    has_generated_id = True


class Bucket(Kind):
    """An S3 bucket, with every version of every object."""

    name = "bucket"
    service = "s3"
    arn = _PATTERN.format(service=service, rest=r"(?P<id>[^/]+)")
    not_found_codes = frozenset({"404", "NoSuchBucket"})
    command = "aws s3 rb s3://{id} --force"

    def named(self) -> Iterator[str]:
        """Yield the names of the run's buckets."""
        found = self._pages("list_buckets", "Buckets", Prefix=self.run.prefix)
        return (each["Name"] for each in found if self.run.owns(each["Name"]))

    def describe(self, id: str) -> Any:
        """Request its head; a bucket of another account is refused."""
        return self.client.head_bucket(Bucket=id, ExpectedBucketOwner=self.run.account)

    def remove(self, id: str) -> None:
        """Empty and delete it.

        Raises:
            OSError: If an object could not be deleted, which S3 reports in a successful response.
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
    not_found_codes = frozenset({"ResourceNotFoundException"})
    command = "aws dynamodb delete-table --table-name {id}"
    delete_operation, parameter = "delete_table", "TableName"

    def named(self) -> Iterator[str]:
        """Yield the names of the run's tables."""
        return filter(self.run.owns, self._pages("list_tables", "TableNames"))

    def describe(self, id: str) -> Any:
        """Describe it; a table that is being deleted counts as gone."""
        found = self.client.describe_table(TableName=id)["Table"]
        return None if found["TableStatus"] == "DELETING" else found


class UserPool(Kind):
    """A user pool, with its users, clients and groups."""

    name = "user pool"
    service = "cognito-idp"
    arn = _PATTERN.format(service=service, rest=r"userpool/(?P<id>[^/]+)")
    not_found_codes = frozenset({"ResourceNotFoundException"})
    command = "aws cognito-idp delete-user-pool --user-pool-id {id}"
    list_operation = "list_user_pools", "UserPools"
    members = "Id", "Name"
    describe_operation, delete_operation, parameter = "describe_user_pool", "delete_user_pool", "UserPoolId"
    page = _LARGE_PAGE
    has_generated_id = True

    def remove(self, id: str) -> None:
        """Delete it, after its domain if it has one."""
        found = self.describe(id)["UserPool"]
        for domain in filter(None, (found.get("Domain"), found.get("CustomDomain"))):
            self.client.delete_user_pool_domain(Domain=domain, UserPoolId=id)
        super().remove(id)


class IdentityPool(Kind):
    """An identity pool, with its identities."""

    name = "identity pool"
    service = "cognito-identity"
    arn = _PATTERN.format(service=service, rest=r"identitypool/(?P<id>.+)")
    not_found_codes = frozenset({"ResourceNotFoundException"})
    command = "aws cognito-identity delete-identity-pool --identity-pool-id {id}"
    list_operation = "list_identity_pools", "IdentityPools"
    members = "IdentityPoolId", "IdentityPoolName"
    describe_operation, delete_operation, parameter = "describe_identity_pool", "delete_identity_pool", "IdentityPoolId"
    page = _LARGE_PAGE
    has_generated_id = True


class Role(Kind):
    """An IAM role, with its policies."""

    name = "role"
    service = "iam"
    arn = _PATTERN.format(service=service, rest=r"role/([^/]+/)*(?P<id>[^/]+)")
    not_found_codes = frozenset({"NoSuchEntity"})
    command = ""
    list_operation = "list_roles", "Roles"
    members = "RoleName", "RoleName"
    describe_operation, delete_operation, parameter = "get_role", "delete_role", "RoleName"

    def remove(self, id: str) -> None:
        """Delete it after its policies."""
        for policy in self._pages("list_role_policies", "PolicyNames", RoleName=id):
            self.client.delete_role_policy(RoleName=id, PolicyName=policy)
        for attached in self._pages("list_attached_role_policies", "AttachedPolicies", RoleName=id):
            self.client.detach_role_policy(RoleName=id, PolicyArn=attached["PolicyArn"])
        super().remove(id)


class Key(Kind):
    """A KMS key, which cannot be deleted at once: until its deletion it is disabled, and free of charge."""

    name = "key"
    service = "kms"
    arn = _PATTERN.format(service=service, rest=r"key/(?P<id>.+)")
    not_found_codes = frozenset({"NotFoundException"})
    command = "aws kms schedule-key-deletion --pending-window-in-days 7 --key-id {id}"
    has_generated_id = True

    def named(self) -> Iterator[str]:
        """Yield nothing: keys have no names, and are found by their tag."""
        return iter(())

    def describe(self, id: str) -> Any:
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
    not_found_codes = frozenset({"ResourceNotFoundException"})
    command = "aws logs delete-log-group --log-group-name {id}"
    delete_operation, parameter = "delete_log_group", "logGroupName"
    _BEFORE: Final = ("", "/aws/lambda/", "/aws/apigateway/")

    def named(self) -> Iterator[str]:
        """Yield the names of the run's log groups."""
        for before in self._BEFORE:
            prefix = f"{before}{self.run.prefix}"
            for each in self._pages("describe_log_groups", "logGroups", logGroupNamePrefix=prefix):
                if self.run.owns(each["logGroupName"].removeprefix(before)):
                    yield each["logGroupName"]

    def describe(self, id: str) -> Any:
        """Find it; CloudWatch Logs cannot describe one by its name alone."""
        found = self._pages("describe_log_groups", "logGroups", logGroupNamePrefix=id)
        return next((each for each in found if each["logGroupName"] == id), None)


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
"""In order of removal: resources that create others come first, log groups after the resources that write to them."""


def kind_of_arn(arn: str) -> tuple[type[Kind], str] | None:
    """Return the kind of a resource and its name or ID; None for an ARN of no kind."""
    return next(((kind, id) for kind in KINDS if (id := kind.of_arn(arn)) is not None), None)
