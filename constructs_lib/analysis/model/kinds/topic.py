"""SNS topics. An owned topic contains its owner in its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from constructs_lib.analysis.model.named_resources import Named


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic(Named):
    """The topics of one region and account: subscribing is read, publishing is write."""

    kind: ClassVar = "topic"
    rank: ClassVar = 4
    noun: ClassVar = "SNS topics"
    service: ClassVar = "sns"
    verbs: ClassVar = {"sns:Subscribe": "get", "sns:Publish": "write", "sns:DeleteTopic": "delete"}
    main: ClassVar = {"get": "sns:Subscribe", "write": "sns:Publish", "delete": "sns:DeleteTopic"}
