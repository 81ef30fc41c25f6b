"""Buckets whose folders are opened by rules."""

from typing import Final

from constructs_lib.storage import presets
from constructs_lib.storage.storage import Storage

__all__ = ["NO_THREATS_FOUND", "Storage", "presets"]

NO_THREATS_FOUND: Final = {"GuardDutyMalwareScanStatus": "NO_THREATS_FOUND"}
"""The tag GuardDuty's Malware Protection for S3 puts on a clean object; for `Storage(readable_when_tagged=...)`."""
