"""S3 buckets. An owned place is a folder: the objects whose keys have a prefix that contains their owner."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, Self

from constructs_lib.actions import S3_VERBS
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import NAME, is_unknown, name_may_be, partition_name
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.model.holder import Endpoint, Holder, Shape, Unsigned
from constructs_lib.analysis.model.possible_policies import possible_policy
from constructs_lib.analysis.model.resources import is_true
from constructs_lib.analysis.template.atoms import WILDCARD
from constructs_lib.analysis.template.globs import may_be_equal

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resources

PREFIX: Final = "s3:prefix"
_OTHER_WAYS: Final = (
    "AWS::S3::AccessGrant", "AWS::S3::AccessPoint", "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3::MultiRegionAccessPointPolicy", "AWS::S3ObjectLambda::AccessPoint",
    "AWS::S3ObjectLambda::AccessPointPolicy",
)  # fmt: skip
_STRANGERS: Final = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")
_OWN_ACLS: Final = ("", "Private", "BucketOwnerRead", "BucketOwnerFullControl", "LogDeliveryWrite")
"""Canned ACLs that grant access to owners only ("Canned ACL", Amazon S3 user guide)."""
_NAMED: Final = re.compile(rf"arn:aws:s3:::{NAME}(?:/|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket(Holder):
    """An S3 bucket.

    Args:
        blocks_public_policy: Whether a public policy is blocked from taking effect.
        public_acl: The canned ACL that grants public access, unless public ACLs are ignored; empty for none.
    """

    kind: ClassVar = "bucket"
    rank: ClassVar = 1
    service: ClassVar = "s3"
    unsigned: ClassVar = Unsigned.POLICY
    verbs: ClassVar = {action: verb.value for verb, actions in S3_VERBS.items() for action in actions}
    main: ClassVar = {verb.value: actions[0] for verb, actions in S3_VERBS.items()}
    same: ClassVar = {
        "get": ("s3:GetObjectVersion", "s3:GetObjectTorrent"),
        "list": ("s3:ListBucketVersions",),
        "delete": ("s3:DeleteObjectVersion",),
    }

    blocks_public_policy: bool
    public_acl: str = ""

    @classmethod
    def declared_in(cls, resources: Resources) -> Iterator[Self]:
        """Yield the templates' buckets."""
        policies = _policies(resources)
        for bucket, policy in policies.items():
            if is_unknown(bucket) and not bucket.startswith(f"⟦{WILDCARD}"):
                resources.note(f"{policy.source} is the policy of {bucket}, taken to be none of the templates' buckets")
        for resource in resources.of(*_OTHER_WAYS):
            resources.gap(
                f"{resource.name} ({resource.type}) is a way to objects that is not looked at", resource.properties
            )
        names = {resource.id for resource in resources.of("AWS::S3::Bucket")}
        for resource in resources.of("AWS::S3::Bucket"):
            block = resource.get("PublicAccessBlockConfiguration")
            if block is not None and not isinstance(block, Mapping):
                resources.gap(f"{resource.name} takes its public access block from {block}: not seen")
            # Since April 2023 S3 blocks public access unless the bucket disables it.
            blocks = True if not isinstance(block, Mapping) else is_true(block.get("RestrictPublicBuckets"))
            acl = str(resource.get("AccessControl", ""))
            acls_apply = isinstance(block, Mapping) and not is_true(block.get("IgnorePublicAcls"))
            opens = acl in _STRANGERS and acls_apply
            if acls_apply and acl not in (*_STRANGERS, *_OWN_ACLS):
                resources.gap(f"{resource.name} has the ACL {acl}, which the template does not spell out or S3 lacks")
            yield cls(
                arn=resource.arn,
                name=resource.name.removesuffix("/Bucket").removesuffix("/Table"),
                policy=_policy_of(resource.id, resource.name, policies, names) or Policy(source=resource.name),
                blocks_public_policy=blocks,
                public_acl=acl if opens else "",
                declared=resource.owned,
                opened=resource.opened,
            )

    @classmethod
    def outside(cls, statements: Collection[Statement], known: Collection[str], resources: Resources) -> Iterator[Self]:
        """Yield the buckets that roles name and no template has; their bucket policies are not visible."""
        found = dict.fromkeys(
            match.group(1) for each in statements for text in each.resources if (match := _NAMED.match(text))
        )
        policies = _policies(resources)
        names = {resource.id for resource in resources.of("AWS::S3::Bucket")}
        for name in found:
            if f"arn:aws:s3:::{name}" not in known:
                policy = _policy_of(name, name, policies, names)
                if policy is None:
                    resources.note(f"bucket {name} is outside the templates: its bucket policy is not seen")
                # If only its policy is known, nothing shows that public access is blocked.
                yield cls(
                    arn=f"arn:aws:s3:::{name}", name=name, policy=policy or Policy(source=name),
                    blocks_public_policy=policy is None,
                )  # fmt: skip

    @property
    def refuses_anonymous_callers(self) -> bool:
        """Whether public access is blocked."""
        return self.blocks_public_policy

    def parts(self, statement: Statement, named: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the folders that a statement names."""
        del statement
        for text in named:
            name, slash, key = partition_name(text)
            if slash and (glob_match(name, self.arn) or name_may_be(text, self.arn)):
                yield key, ""

    def listed(self, statement: Statement) -> Iterator[str]:
        """Yield the folders that a statement on listing names by prefix."""
        named = statement.resources or ("*",)
        if any(glob_match(text, self.arn) or name_may_be(text, self.arn) for text in named):
            for condition in statement.conditions:
                if condition.key == PREFIX and condition.operator != "null":
                    yield from condition.values

    def shapes(self, action: str, keys: int, place: Place) -> Iterator[Shape]:
        """Yield requests about objects, listings, and the bucket."""
        del keys, place
        types = catalogue.resource_types(action)
        if action in catalogue.LISTING_ACTIONS:
            yield Shape(resource=self.arn, listing=True)
            return
        if not types or any(kind.startswith("object") for kind in types):
            yield Shape(resource=None)
        if not types or "bucket" in types:
            yield Shape(resource=self.arn)

    def described_as(self) -> Iterator[tuple[str, str]]:
        """Yield the bucket."""
        yield "", "bucket"

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield an ACL that opens it."""
        if self.public_acl:
            yield Endpoint(where=f"ACL {self.public_acl}", auth="none")


def _policy_of(bucket: str, shown: str, policies: Mapping[str, Policy], names: Collection[str]) -> Policy | None:
    """Return a bucket's policy, with the Allows of others that may turn out to be its policy as possible statements.

    `names` are those of the templates' buckets: a policy for one of them is not another's.
    """
    own = policies.get(bucket)
    others = [
        possible_policy(policy, shown)
        for name, policy in policies.items()
        if name not in names and name != bucket and may_be_equal(name, bucket)
    ]
    if not others:
        return own
    own = own or Policy(source=others[0].source)
    return replace(own, possible=(*own.possible, *(each for policy in others for each in policy.possible)))


def _policies(resources: Resources) -> dict[str, Policy]:
    """Return the bucket policies by the name of their bucket; for two of one bucket, everything that either allows.

    Two policies of one bucket are a gap: see `model/duplicate_settings.py`.
    """
    found: dict[str, Policy] = {}
    for resource in resources.of("AWS::S3::BucketPolicy"):
        bucket = str(resource.get("Bucket"))
        policy = parse_policy(resource.get("PolicyDocument"), resource.name)
        other = found.get(bucket)
        if other is not None:
            kept = [each for each in other.statements if each.allow or each in policy.statements]
            more = [each for each in policy.statements if each.allow]
            policy = replace(
                policy, statements=tuple(dict.fromkeys([*kept, *more])), possible=(*other.possible, *policy.possible)
            )  # fmt: skip
        found[bucket] = policy
    return found
