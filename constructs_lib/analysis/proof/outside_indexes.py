"""Indexes of owners' tables that no template has: whose rows they show is not known.

Source: "Using IAM policy conditions for fine-grained access control" (Amazon DynamoDB developer guide): the leading
keys of a request for an index are the index's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.model.kinds.table import Table
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.principal_rights import rights_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.proof.findings import Finding


def outside_index_findings(model: Model, places: Sequence[Place]) -> Iterator[Finding]:
    """Yield the callers who may read an index of an owners' table outside the templates that nothing here describes."""
    owned = {place.holder for place in places}
    here = {each.arn for each in model.resources}
    for table in (each for each in model.of(Table) if each.arn in owned - here):
        for caller in model.callers:
            statement = next((each for each in rights_of(caller, model) if table.covers_unknown_index(each)), None)
            if statement is not None:
                story = (
                    f"{caller} may read indexes of the table {table.name}, which no template has, because of "
                    f"{statement}: whose rows they show is not known; leave the indexes out, or name the owners' table "
                    "and indexes by a template"
                )
                yield undecided(str(caller), f"indexes of {table.name}", story, statement)
