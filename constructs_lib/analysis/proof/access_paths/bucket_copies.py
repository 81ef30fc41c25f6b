"""Copies of the objects of one bucket in another: by replication, and by tasks of DataSync.

Sources: "Replicating objects" (Amazon S3 user guide), "Configuring AWS DataSync transfers with Amazon S3": a task keeps
the path of each object below the folder of its location.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, normalise_arn
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.globs import may_be_equal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

_TASK: Final = "AWS::DataSync::Task"
_LOCATION: Final = "AWS::DataSync::LocationS3"
_S3: Final = "arn:aws:s3:::"


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketCopy:
    """Objects of a bucket that are copied to another.

    Args:
        source: The ARN of the bucket.
        to: The ARN of the other bucket, as a template has it.
        below: The folder of the source whose objects are copied, with a slash at its end; empty for all.
        into: The folder of the copies.
    """

    source: str
    to: str
    below: str = ""
    into: str = ""

    def may_be_to(self, bucket: str) -> bool:
        """Return whether the objects may be copied to a bucket, by its ARN."""
        return may_be_bucket(self.to, bucket)

    def original(self, key: str) -> str:
        """Return the keys whose copies may have a key, as globs of keys; empty for none."""
        if is_unknown(self.into) or (not key.startswith(self.into) and globs_meet(key, f"{self.into}*")):
            return f"{self._start}*"
        return f"{self._start}{key.removeprefix(self.into)}" if key.startswith(self.into) else ""

    @property
    def _start(self) -> str:
        return "" if is_unknown(self.below) else self.below


def bucket_copies(reachable: ReachableResources) -> Iterator[BucketCopy]:
    """Yield the copies that the templates make of the objects of buckets."""
    yield from (BucketCopy(source=source.arn, to=to) for source, to in replications(reachable))
    for task in reachable.model.resources:
        for one in _locations(task, "SourceLocationArn", reachable) if task.type == _TASK else ():
            for other in _locations(task, "DestinationLocationArn", reachable):
                yield BucketCopy(source=_bucket(one), to=_bucket(other), below=_folder(one), into=_folder(other))


def _locations(task: Resource, name: str, reachable: ReachableResources) -> Iterator[Resource]:
    named = reachable.names.within(task.get(name), task)
    return (each for each in reachable.model.resources if each.type == _LOCATION and each.place in named)


def _bucket(location: Resource) -> str:
    return normalise_arn(str(location.get("S3BucketArn")))


def _folder(location: Resource) -> str:
    folder = str(location.get("Subdirectory") or "").strip("/")
    return f"{folder}/" if folder else ""


def replications(reachable: ReachableResources) -> Iterator[tuple[Resource, str]]:
    """Yield each bucket that is replicated, with the ARN of the destination."""
    for source in reachable.model.resources:
        configuration = source.get("ReplicationConfiguration") if source.type == "AWS::S3::Bucket" else None
        rules = configuration.get("Rules") if isinstance(configuration, Mapping) else configuration
        for rule in as_list(rules):
            destination: Any = rule.get("Destination") if isinstance(rule, Mapping) else rule
            yield source, str(destination.get("Bucket") if isinstance(destination, Mapping) else destination)


def may_be_bucket(text: str, arn: str) -> bool:
    """Return whether the ARN of a bucket, as a template has it, may be that of a bucket."""
    return may_be_equal(text.removeprefix(_S3), arn.removeprefix(_S3))


__all__ = ["BucketCopy", "bucket_copies", "may_be_bucket", "replications"]
