"""Every change of the template must be accepted, with `make accept`."""

from typing import Any

from constructs_lib.testing.ledger import Ledger


def test_the_template_is_the_committed_one(template: dict[str, Any], template_snapshot: Any) -> None:
    assert template == template_snapshot, "read the difference; if it is intended, run `make accept`"


def test_no_update_replaces_the_user_pool_or_a_bucket_or_table(
    template: dict[str, Any], stateful_ledger: Ledger
) -> None:
    stateful_ledger.check(template)
