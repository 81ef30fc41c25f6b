"""What a run asked and was answered, without anything that identifies an account, written so that it can be kept."""

from constructs_lib.verify.recording.recorder import FORMAT, FileRecorder

__all__ = ["FORMAT", "FileRecorder"]
