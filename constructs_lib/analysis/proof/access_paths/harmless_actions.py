"""Actions that show nothing of owned data, and do not change it where it is a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam import catalogue

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement

_SENDS_ONLY: Final = frozenset(
    {
        "sqs:sendmessage", "sqs:getqueueurl", "sqs:getqueueattributes", "sns:publish", "kinesis:putrecord",
        "kinesis:putrecords", "firehose:putrecord", "firehose:putrecordbatch", "events:putevents", "logs:putlogevents",
        "logs:createlogstream", "logs:createloggroup",
    }
)  # fmt: skip
"""Actions that write data and return no stored data."""
_HARMLESS: Final = frozenset(
    {
        *(each.lower() for each in catalogue.HARMLESS), "states:describestatemachine",
        "states:describestatemachinealias", "states:liststatemachines",
    }
)  # fmt: skip
"""Actions that use no data; those on a state machine show its definition and start nothing."""
_STORES: Final = frozenset(
    {
        "s3:abort*", "s3:abortmultipartupload", "s3:deleteobject", "s3:deleteobject*", "s3:deleteobjecttagging",
        "s3:deleteobjectversion", "s3:deleteobjectversiontagging", "s3:putobject", "s3:putobjectlegalhold",
        "s3:putobjectretention", "s3:putobjecttagging", "s3:putobjectversiontagging",
    }
)  # fmt: skip
"""Actions that write objects: whoever puts log lines or results there learns nothing of those of others."""
_OF_DATA: Final = _HARMLESS | _SENDS_ONLY
_OF_LINES: Final = _OF_DATA | _STORES


def shows_nothing(statement: Statement, service: str, *, lines: bool) -> bool:
    """Return whether a statement only allows actions of a service that show nothing.

    Args:
        statement: The statement.
        service: The IAM prefix of the service.
        lines: Whether it is about log lines or results, which nobody but their readers depends on.
    """
    named = [each.lower() for each in statement.actions]
    harmless = _OF_LINES if lines else _OF_DATA
    return bool(named) and all(each in harmless for each in named if each.startswith((f"{service}:", "*")))
