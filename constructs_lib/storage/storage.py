"""A private bucket whose folders are opened by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from constructs import Construct

from constructs_lib.access import Folder, Rule, SubjectKind, allow, parse_folders
from constructs_lib.access.statements import grant_statements
from constructs_lib.argument_checks import checked
from constructs_lib.existing_resources import check_arn, check_created, refuse_settings
from constructs_lib.key_policies import check_key
from constructs_lib.rule_conflicts import AccessRuleRegistry
from constructs_lib.storage.bucket import OLD_VERSIONS, create_bucket
from constructs_lib.storage.owned_folders import declare_folders
from constructs_lib.storage.rights import BucketRights
from constructs_lib.storage.rule_conflicts import claim_folders
from constructs_lib.storage.statements import check_tags, get_only_tagged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Duration
    from aws_cdk import aws_events as events
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sqs as sqs

    from constructs_lib.auth import Auth
    from constructs_lib.functions import PythonFunction
    from constructs_lib.storage.events import EventTarget


@checked
class Storage(Construct):
    """An S3 bucket that clients access only through the rules in `access`.

    IAM has no condition for an upload's size or content type, so rules cannot limit them. A presigned POST from a
    function can (`content-length-range`, `Content-Type`); for other uploads check the object in `on_upload`.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: The Auth whose guests, users and groups the rules name.
        access: Rules by folder. A path ends in `/*`. `{owner}` in a path is the caller, and `{tenant}`, or
            the key of another claim of the Auth, is the caller's own: rules there apply to the caller's tenant. A
            rule on a nested folder replaces the rule of the outer folder there. Folders without a rule are closed.
        bucket: An existing bucket, which keeps its own settings. Default: a new bucket, private, encrypted by S3,
            versioned, with access over TLS only.
        cors_origins: Origins whose pages may use the bucket, such as `https://app.example.com`. Default: no page may.
        encryption_key: The KMS key that encrypts objects. Callers who can get or write objects can use the key, through
            S3 and for this bucket only. For an existing bucket: its key. Default: S3's own key, or the key that the
            existing bucket references.
        lifecycle_rules: Transitions and expirations of objects, in addition to the rule that deletes unfinished uploads
            after a day. Default: objects do not change.
        intelligent_tiering: Whether S3 moves objects between classes by how often they are read. Default: they stay in
            the class they were uploaded to.
        access_logs_bucket: The bucket for S3 access logs, under the construct's path. Default: no access logs.
        transfer_acceleration: Whether clients may use the edge locations' endpoint, which costs more. Default: they use
            the region's.
        noncurrent_version_expiration: The retention of deleted or overwritten versions; a lock keeps them longer. None
            keeps them, and bills them, without limit. Default: 90 days.
        object_lock_retention: The time in which S3 refuses to delete or change each version, for example
            `s3.ObjectLockRetention.governance(Duration.days(30))`. It can be set on a new bucket only. Default: no
            lock.
        replication_rules: Destinations to which S3 copies new objects. The proof covers access to the copies. Default:
            no destinations.
        readable_when_tagged: Tags that an object must have for guests, users and groups to get it, for example
            `NO_THREATS_FOUND` if GuardDuty scans uploads. Functions are not restricted; no caller may set tags.
            Default: every object may be read.
        removal_policy: What happens to a new bucket when it leaves the stack. DESTROY deletes it with everything in it.
            Default: RETAIN (it stays).

    Raises:
        ValueError: For a bad path, a rule that would implicitly open an owner's folder, a subject that the Auth does
            not have, a `*` origin, a setting of an existing bucket, a folder that another Storage opened, or
            permissions beyond IAM's limits.

    Attributes:
        bucket_name: The bucket's name.
        bucket_arn: The bucket's ARN.
        folders: The rules by folder, checked.
        readable_when_tagged: The tags that an object must have to be read, checked. Default: no tags.
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
        encryption_key: kms.IKey | None = None,
        lifecycle_rules: Sequence[s3.LifecycleRule] = (),
        intelligent_tiering: bool = False,
        access_logs_bucket: s3.IBucket | None = None,
        transfer_acceleration: bool = False,
        noncurrent_version_expiration: Duration | None = OLD_VERSIONS,
        object_lock_retention: s3.ObjectLockRetention | None = None,
        replication_rules: Sequence[s3.ReplicationRule] = (),
        readable_when_tagged: Mapping[str, str] | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        if readable_when_tagged is not None:
            check_tags(readable_when_tagged)
        self.readable_when_tagged: Mapping[str, str] = readable_when_tagged or {}
        self.folders: Mapping[Folder, Sequence[Rule]] = parse_folders(access, auth.forms)
        for rule in self._rules():
            auth.check_subject(rule.subject)
        self._exists = exists = bucket is not None
        if bucket is None:
            bucket = create_bucket(
                self,
                cors_origins=cors_origins,
                encryption_key=encryption_key,
                lifecycle_rules=lifecycle_rules,
                intelligent_tiering=intelligent_tiering,
                access_logs_bucket=access_logs_bucket,
                transfer_acceleration=transfer_acceleration,
                noncurrent_version_expiration=noncurrent_version_expiration,
                object_lock_retention=object_lock_retention,
                replication_rules=replication_rules,
                removal_policy=removal_policy,
            )
        else:
            refuse_settings(
                "bucket",
                cors_origins=cors_origins,
                lifecycle_rules=lifecycle_rules,
                intelligent_tiering=intelligent_tiering,
                access_logs_bucket=access_logs_bucket,
                transfer_acceleration=transfer_acceleration,
                noncurrent_version_expiration=noncurrent_version_expiration is not OLD_VERSIONS
                and noncurrent_version_expiration is not None,
                object_lock_retention=object_lock_retention,
                replication_rules=replication_rules,
                removal_policy=removal_policy is not RemovalPolicy.RETAIN,
            )
            check_arn("bucket", bucket.bucket_arn)
        self._bucket = bucket
        self._auth = auth
        self.bucket_name: str = bucket.bucket_name
        self.bucket_arn: str = bucket.bucket_arn
        check_key(encryption_key or bucket.encryption_key)
        self._rights = BucketRights.of(bucket, auth.variables, encryption_key or bucket.encryption_key)
        self._sends_events = False
        self._granted: set[Folder] = set()
        registry: AccessRuleRegistry[Folder] = AccessRuleRegistry(
            self, bucket, name=self.bucket_name, arn=self.bucket_arn, exists=exists, everywhere=True
        )
        claim_folders(registry, self.folders, construct=self)
        declare_folders(bucket, self.folders, auth, exists=exists)
        self._open_folders(auth, self.readable_when_tagged)

    @property
    def bucket(self) -> s3.Bucket:
        """The bucket that this construct created.

        Raises:
            ValueError: For an existing bucket.
        """
        check_created(self, "bucket", exists=self._exists)
        made: s3.Bucket = self._bucket  # type: ignore[assignment] # `create_bucket` made it
        return made

    def grant(self, grantee: iam.IGrantable | PythonFunction, *verbs: str, folder: str | None = None) -> iam.Grant:
        """Grant a function, which is trusted code, access to the objects of a folder, for every owner.

        Narrower than CDK's `grant_read_write`: the actions of the verbs, in one folder, regardless of its rules.

        Args:
            grantee: A `PythonFunction`, an L2 function or another grantable.
            verbs: Verbs as in rules, such as "write", or "read" for get and list.
            folder: Path of the folder as in `access`; `{owner}` matches every owner, `{tenant}` every tenant. Default:
                the whole bucket.

        Raises:
            ValueError: For no verb or an unknown one, a bad path, or a role of users.
        """
        subject = allow.function(grantee)
        self._auth.check_subject(subject)
        place = self._place(folder) if folder is not None else Folder(segments=())
        rule = subject.to(*verbs, everyone=bool(place.placeholders))
        self._granted.add(place)
        return grant_statements(subject.function, self._rights.given({place: [rule]}, frozenset({subject})))

    def on_upload(
        self,
        id: str,
        target: EventTarget,
        *,
        folder: str | None = None,
        suffix: str | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
    ) -> events.Rule:
        """Invoke a target for each object that is uploaded or copied into a folder, through EventBridge.

        Events may be duplicated and out of order. The target gets no permission to read the object: give it a rule with
        `allow.function`. A function that writes to its own folder invokes itself.

        Args:
            id: The ID of the rule among this construct's children. For a function of another stack the rule is in that
                stack, under this construct's path and this ID.
            target: A function, a `PythonFunction`, or any target of `aws_events_targets`.
            folder: Path of the folder as in `access`; `{owner}` matches every owner, `{tenant}` every tenant. Default:
                the whole bucket.
            suffix: The end of the object's name, such as `.jpg`. Default: any end.
            dead_letter_queue: The queue for events whose delivery to a function failed for a day. Default: no queue,
                and they are lost.

        Returns:
            The EventBridge rule.

        Raises:
            ValueError: For a bad path, a folder of a new bucket without a rule, or a wildcard in the suffix.
        """
        return self._on("Object Created", id, target, folder, suffix, dead_letter_queue)

    def on_delete(
        self,
        id: str,
        target: EventTarget,
        *,
        folder: str | None = None,
        suffix: str | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
    ) -> events.Rule:
        """Invoke a target for each object that is deleted or expires in a folder; otherwise as `on_upload`.

        In a versioned bucket a deletion leaves a marker; `detail.deletion-type` distinguishes the two.

        Args:
            id: The ID of the rule among this construct's children.
            target: A function, a `PythonFunction`, or any target of `aws_events_targets`.
            folder: Path of the folder as in `access`; `{owner}` matches every owner, `{tenant}` every tenant. Default:
                the whole bucket.
            suffix: The end of the object's name, such as `.jpg`. Default: any end.
            dead_letter_queue: The queue for events whose delivery to a function failed for a day. Default: no queue,
                and they are lost.

        Returns:
            The EventBridge rule.

        Raises:
            ValueError: For a bad path, a folder of a new bucket without a rule, or a wildcard in the suffix.
        """
        return self._on("Object Deleted", id, target, folder, suffix, dead_letter_queue)

    def _on(
        self,
        detail_type: str,
        id: str,
        target: EventTarget,
        folder: str | None,
        suffix: str | None,
        dead_letter_queue: sqs.IQueue | None,
    ) -> events.Rule:
        place = self._place(folder) if folder is not None else None
        if place is not None:
            self._check_written(place)
        # Importing EventBridge and its targets takes as long as the rest together.
        from constructs_lib.storage.events import create_rule, send_events  # noqa: PLC0415 - as above

        rule = create_rule(
            self,
            id,
            bucket=self._bucket,
            detail_type=detail_type,
            target=target,
            folder=place,
            suffix=suffix,
            dead_letter_queue=dead_letter_queue,
        )
        if not self._sends_events:
            send_events(self, self._bucket)
            self._sends_events = True
        return rule

    def _place(self, path: str) -> Folder:
        return Folder.parse(path, [*self._auth.variables])

    def _check_written(self, folder: Folder) -> None:
        """Refuse events for a folder without write access, if its rules are known."""
        known = [*self.folders, *self._granted]
        if self._exists or any(folder == each or folder.contains(each) or each.contains(folder) for each in known):
            return
        has = ", ".join(repr(str(each)) for each in known)
        raise ValueError(f"folder={str(folder)!r} has no rule, so no event would arrive; use one of {has}")

    def _rules(self) -> list[Rule]:
        return [rule for rules in self.folders.values() for rule in rules]

    def _open_folders(self, auth: Auth, tags: Mapping[str, str]) -> None:
        given = {role: self._rights.given(self.folders, subjects) for subjects, role in auth.callers()}
        if tags:
            given = {role: get_only_tagged(statements, tags) for role, statements in given.items()}
        auth.allow_roles(self, given)
        functions = (rule.subject for rule in self._rules() if rule.subject.kind is SubjectKind.FUNCTION)
        for subject in dict.fromkeys(functions):
            auth.grant(self, subject, self._rights.given(self.folders, frozenset({subject})))
