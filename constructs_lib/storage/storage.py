"""A private bucket whose folders are opened by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.access import Rule, SubjectKind, compile_folders, parse_folders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.access import Folder
    from constructs_lib.auth import Auth

_UNFINISHED_UPLOADS = Duration.days(1)
_CORS_SECONDS = 3_000


class Storage(Construct):
    """A bucket that nobody reaches but through the rules given here.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: Whose guests, users and groups the rules speak of.
        access: Rules by folder. A path ends in `/*`; `{owner}` in it stands for the caller. A rule on a folder
            inside another replaces the outer one there. Folders without a rule are closed.
        bucket: A bucket that exists already; it keeps its own settings. None: a new one, private, encrypted
            by S3, versioned, reached over TLS only.
        cors_origins: Origins whose pages may use the bucket, such as `https://app.example.com`. Empty: no page may.
        removal_policy: What becomes of a new bucket when the stack goes. RETAIN: it stays. DESTROY: it goes with
            everything in it.

    Raises:
        ValueError: For a bad path, a rule that would silently open an owner's folder, a subject that the Auth
            does not have, a `*` origin, or rights past IAM's limits.

    Attributes:
        bucket: The bucket.
        folders: The rules by folder, checked.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auth: Auth,
        access: Mapping[str, Sequence[Rule]],
        bucket: s3.IBucket | None = None,
        cors_origins: Sequence[str] = (),
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        self.folders: Mapping[Folder, Sequence[Rule]] = parse_folders(access)
        for rule in self._rules():
            auth.check_subject(rule.subject)
        self.bucket: s3.IBucket = bucket or self._create_bucket(cors_origins, removal_policy)
        self._open_folders(auth)

    def _rules(self) -> list[Rule]:
        return [rule for rules in self.folders.values() for rule in rules]

    def _create_bucket(self, cors_origins: Sequence[str], removal_policy: RemovalPolicy) -> s3.Bucket:
        if "*" in cors_origins:
            raise ValueError("cors_origins=['*'] would let every page use the bucket; name the origins of your app")
        return s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[s3.LifecycleRule(abort_incomplete_multipart_upload_after=_UNFINISHED_UPLOADS)],
            cors=[_cors(cors_origins)] if cors_origins else None,
            removal_policy=removal_policy,
            auto_delete_objects=removal_policy is RemovalPolicy.DESTROY,
        )

    def _open_folders(self, auth: Auth) -> None:
        arn = self.bucket.bucket_arn
        for subjects, role in auth.callers():
            statements = compile_folders(self.folders, subjects, bucket_arn=arn, owner=auth.owner_variable)
            auth.allow_role(self, role, statements)
        functions = (rule.subject for rule in self._rules() if rule.subject.kind is SubjectKind.FUNCTION)
        for subject in dict.fromkeys(functions):
            statements = compile_folders(self.folders, frozenset({subject}), bucket_arn=arn, owner=auth.owner_variable)
            auth.allow(self, subject, statements)


def _cors(origins: Sequence[str]) -> s3.CorsRule:
    methods = [s3.HttpMethods.GET, s3.HttpMethods.HEAD, s3.HttpMethods.PUT, s3.HttpMethods.POST, s3.HttpMethods.DELETE]
    return s3.CorsRule(
        allowed_methods=methods,
        allowed_origins=list(origins),
        allowed_headers=["*"],
        # A browser needs each part's ETag to complete a multipart upload.
        exposed_headers=["ETag", "x-amz-version-id", "x-amz-request-id", "x-amz-id-2"],
        max_age=_CORS_SECONDS,
    )
