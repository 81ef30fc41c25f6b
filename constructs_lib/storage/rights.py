"""The permissions of a caller on one bucket and its key. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Stack

from constructs_lib.access import compile_folders
from constructs_lib.storage.statements import key_statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3

    from constructs_lib.access import Folder, Rule, Statement, Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketRights:
    """A bucket as IAM sees it.

    Args:
        bucket_arn: Its ARN.
        variables: The IAM policy variable of each placeholder.
        key_arn: The ARN of its KMS key; empty if callers need no key.
        host: S3's host name in the bucket's region; empty if callers need no key.
    """

    bucket_arn: str
    variables: Mapping[str, str]
    key_arn: str = ""
    host: str = ""

    @classmethod
    def of(cls, bucket: s3.IBucket, variables: Mapping[str, str], key: kms.IKey | None) -> BucketRights:
        """Return the rights of a bucket, and of its key if it has one."""
        if key is None:
            return cls(bucket_arn=bucket.bucket_arn, variables=variables)
        host = f"s3.{bucket.env.region}.{Stack.of(bucket).url_suffix}"
        return cls(bucket_arn=bucket.bucket_arn, variables=variables, key_arn=key.key_arn, host=host)

    def given(self, folders: Mapping[Folder, Sequence[Rule]], subjects: frozenset[Subject]) -> list[Statement]:
        """Return the statements of the rules for a caller who acts for these subjects."""
        statements = compile_folders(folders, subjects, bucket_arn=self.bucket_arn, variables=self.variables)
        if not self.key_arn:
            return statements
        return statements + key_statements(
            statements, key_arn=self.key_arn, bucket_arn=self.bucket_arn, via_service=self.host
        )
