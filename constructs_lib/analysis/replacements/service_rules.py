"""Rules of services for a resource that keeps its logical ID."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.analysis.replacements.cognito import identity_pool, user_pool
from constructs_lib.analysis.replacements.dynamodb import global_table, table
from constructs_lib.analysis.replacements.findings import Effect
from constructs_lib.analysis.replacements.refusals import NO_LOSS
from constructs_lib.analysis.replacements.rule_result import Change
from constructs_lib.analysis.replacements.settings import bucket, disabled_key, role_attachment
from constructs_lib.analysis.replacements.tags import principal_tags
from constructs_lib.analysis.replacements.value_comparison import is_decided, same

Rule = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[Change]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fixed:
    """Properties whose change a service always refuses."""

    names: tuple[str, ...]
    source: str

    def __call__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
        before, after = old.get("Properties") or {}, new.get("Properties") or {}
        for name in self.names:
            if not same(before.get(name), after.get(name)):
                yield Change(
                    effect=Effect.REFUSED,
                    cause=name,
                    what=f"The service lets {name} be set at creation only; the update fails and is rolled back.",
                    loses=NO_LOSS,
                    way_out=f"Put {name} back, or add a second resource and move to it.",
                    certain=is_decided(before.get(name), after.get(name)),
                    source=self.source,
                )


_KEY: Final = _Fixed(
    names=("KeySpec", "KeyUsage", "MultiRegion"),
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html",
)
_RULES: Final[dict[str, tuple[Rule, ...]]] = {
    "AWS::Cognito::UserPool": (user_pool,),
    "AWS::Cognito::IdentityPool": (identity_pool,),
    "AWS::Cognito::IdentityPoolPrincipalTag": (principal_tags,),
    "AWS::Cognito::IdentityPoolRoleAttachment": (role_attachment,),
    "AWS::DynamoDB::Table": (table,),
    "AWS::DynamoDB::GlobalTable": (global_table,),
    "AWS::KMS::Key": (_KEY, disabled_key),
    "AWS::KMS::ReplicaKey": (disabled_key,),
    "AWS::S3::Bucket": (bucket,),
}


def service_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the service's effects on a resource of one type, from the old and the new template."""
    for rule in _RULES.get(str(old.get("Type")), ()):
        yield from rule(old, new)
