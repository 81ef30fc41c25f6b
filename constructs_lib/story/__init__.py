"""The story: real people make real calls to a deployed app, and each is allowed or refused as it should be."""

from constructs_lib.story.play import play
from constructs_lib.story.row import Expected, Row, Verdict

__all__ = ["Expected", "Row", "Verdict", "play"]
