"""Recording of a run: requests and responses without account identifiers, so that it can be kept and shared."""

from constructs_lib.verify.recording.recorder import FORMAT, FileRecorder

__all__ = ["FORMAT", "FileRecorder"]
