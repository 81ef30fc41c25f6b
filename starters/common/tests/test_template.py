"""The template changes only on purpose: `make accept` accepts a change."""

from typing import Any

from constructs_lib.testing.ledger import Ledger


def test_the_template_is_the_committed_one(template: dict[str, Any], template_snapshot: Any) -> None:
    assert template == template_snapshot, "read the difference; if it is intended, run `make accept`"


def test_no_update_makes_new_users_or_empty_buckets_and_tables(
    template: dict[str, Any], stateful_ledger: Ledger
) -> None:
    stateful_ledger.check(template)
