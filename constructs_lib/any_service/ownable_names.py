"""Names that can contain an owner's ID or a claim: those that the creator of the resource chooses.

AWS generates the names of most ARNs (`apis/${ApiId}`, `key/${KeyId}`), and other ARNs are too coarse for one user's
part (AppSync Events: the namespace, so that a channel's path matches nothing). Names that are not listed here are
refused.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Final

_WORD: Final = frozenset(string.ascii_letters + string.digits)
_PRINTED: Final = frozenset(string.printable) - frozenset(string.whitespace)


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """The names of one kind of resource.

    Args:
        noun: The kind, for messages.
        letters: Their characters.
        longest: Their maximum length.
        source: The AWS documentation.
        suffix: An optional suffix. Default: no suffix.
    """

    noun: str
    letters: frozenset[str]
    longest: int
    source: str
    suffix: str = ""


def _names(noun: str, signs: str, longest: int, source: str, suffix: str = "") -> Names:
    return Names(noun=noun, letters=_WORD | frozenset(signs), longest=longest, source=source, suffix=suffix)


_TOPIC: Final = Names(
    # `+`, `#` and other characters with a meaning in MQTT or IAM are omitted.
    noun="IoT topic",
    letters=_PRINTED - frozenset("+#*?$"),
    longest=256,
    source="MQTT topics and topic filters, AWS IoT Core developer guide",
)
NAMES: Final[dict[tuple[str, str], Names]] = {
    ("iot", "topic/"): _TOPIC,
    ("iot", "topicfilter/"): _TOPIC,
    ("iot", "client/"): Names(
        noun="MQTT client", letters=_TOPIC.letters, longest=128, source="AWS IoT Core message broker quotas"
    ),
    ("iot", "thing/"): _names("thing", ":_-", 128, "CreateThing, AWS IoT API reference"),
    ("sqs", ""): _names("queue", "-_", 80, "CreateQueue, Amazon SQS API reference", ".fifo"),
    ("sns", ""): _names("topic", "-_", 256, "CreateTopic, Amazon SNS API reference", ".fifo"),
    ("ssm", "parameter/"): _names("parameter", "_.-/", 1011, "PutParameter, AWS Systems Manager API reference"),
    ("secretsmanager", "secret:"): _names(
        "secret", "/_+=.@-", 512, "CreateSecret, AWS Secrets Manager API reference"
    ),
    ("kinesis", "stream/"): _names("stream", "_.-", 128, "CreateStream, Amazon Kinesis API reference"),
    ("firehose", "deliverystream/"): _names("Firehose stream", "_.-", 64, "CreateDeliveryStream, Data Firehose"),
    ("events", "event-bus/"): _names("event bus", "/._-", 256, "CreateEventBus, Amazon EventBridge API reference"),
    ("lambda", "function:"): _names("function", "-_", 64, "CreateFunction, AWS Lambda API reference"),
    ("rekognition", "collection/"): _names("collection", "_.-", 255, "CreateCollection, Amazon Rekognition"),
    ("transcribe", "transcription-job/"): _names(
        "transcription job", "._-", 200, "StartTranscriptionJob, Amazon Transcribe API reference"
    ),
}  # fmt: skip
"""By service, and by the text between the account and the name in an ARN."""

OF_CONSTRUCTS: Final = {"s3": "Storage", "dynamodb": "OwnedTable", "execute-api": "Api"}
"""Services with a dedicated construct."""
