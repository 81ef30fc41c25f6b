"""State machines and similar resources: they act with a role as their definition and input determine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.proof.access_paths.data_copies import allowing_statement
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding


def relay_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who can start a relay or read its results: its input determines whose data it accesses."""
    for relay in reachable.of(Kind.RELAY, Kind.AGENT):
        for caller in reachable.model.callers:
            statement = allowing_statement(caller, relay)
            if statement is not None:
                story = (
                    f"{caller} may use {relay}, which {relay.does}: whose data it "
                    f"shows or changes its input may say, because of {statement}"
                )
                yield undecided(str(caller), relay, story, statement)


__all__ = ["relay_findings"]
