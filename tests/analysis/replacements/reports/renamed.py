"""Renamed or moved constructs: the new resource needs a name that the old one still has."""

import copy
from typing import Final

from constructs_lib.analysis.replacements.refusals import REFUSALS
from tests.analysis.replacements.reports.report import Report
from tests.analysis.replacements.reports.updates import CHANGED, RENAMED


def _renamed(name: str) -> Report:
    beside, resource = RENAMED[name]
    refusal = REFUSALS[name]
    return Report(
        what=f"A construct is renamed, with {name.replace(' of one ', ' of the same ')}",
        says=refusal.message, source=refusal.source,
        old={**beside, "Old": resource}, new={**beside, "New": copy.deepcopy(resource)},
    )  # fmt: skip


def _changed(name: str, what: str) -> Report:
    refusal = REFUSALS[name]
    old, new = CHANGED[name]
    return Report(what=what, says=refusal.message, source=refusal.source, old=old, new=new)


REPORTS: Final = [
    *(_renamed(name) for name in RENAMED if name != "a second domain of a kind"),
    _changed("a second domain of a kind", "A user pool's domain prefix changes"),
    _changed("a second variable in an API path", "A path variable of a REST API is renamed"),
    _changed("a base path beside the empty one", "An API mapped to the whole domain gets a base path"),
    _changed("an API domain of another endpoint", "An API domain changes from edge to regional"),
    _changed("API logs without a role", "The first stage with logs, in an account without a CloudWatch Logs role"),
    _changed("a log group that its function made", "The log group of a deployed function is added to the stack"),
    _changed("attributes that no key uses", "A table defines an attribute that is not a key"),
    _changed("an ACL without ownership", "A new bucket has an ACL"),
    _changed("more than a template takes", "A stack exceeds 500 resources"),
]
