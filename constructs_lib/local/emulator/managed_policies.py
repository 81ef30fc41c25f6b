"""AWS managed policies with their documents.

Stock MiniStack has about thirty and answers `NoSuchEntity` for the others, but CloudFormation attaches them anyway, and
they grant nothing (measured on 1.5.33).
"""

import lzma
from pathlib import Path
from typing import Any, Final

from ministack.services import iam

from .ministack_interface import expect_keys, expect_parameters

_DATA: Final = Path(__file__).parents[2] / "managed_policies" / "policies.jsonl.xz"
"""Read by path, because the emulator's environment cannot import this package's parent."""


def check() -> None:
    """Refuse a MiniStack that keeps managed policies elsewhere."""
    expect_parameters(iam._make_aws_managed_record, "name", "document", "description")
    expect_keys(vars(iam), "ministack.services.iam", "_aws_managed_policies")
    expect_parameters(iam.attach_managed_policy, "entity", "policy_arn")
    expect_parameters(iam.policy_known, "arn", "account_id")


def install() -> None:
    """Replace the policies with all that AWS publishes, and refuse to attach one that does not exist."""
    iam._aws_managed_policies.clear()
    for line in lzma.decompress(_DATA.read_bytes()).decode().splitlines()[1:]:
        # A line is `["name",{...}]`: reading and writing 1,600 documents anew is a tenth of a start.
        name, _, document = line[2:-1].partition('",')
        record = iam._make_aws_managed_record(name, document)
        iam._aws_managed_policies[record["Arn"]] = record
    stock = iam.attach_managed_policy

    def attach_managed_policy(entity: dict[str, Any], policy_arn: str) -> None:
        if not policy_arn:
            return  # an empty list of a parameter, which MiniStack reads as one empty name
        if not iam.policy_known(policy_arn):
            raise ValueError(f"Policy {policy_arn} does not exist or is not attachable.")
        stock(entity, policy_arn)

    iam.attach_managed_policy = attach_managed_policy
