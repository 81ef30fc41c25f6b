"""The story: real people make real calls to a deployed app, and each is allowed or refused as it should be."""

from constructs_lib.story.play import CHAPTERS, play
from constructs_lib.story.row import Expected, Row, Verdict

__all__ = ["CHAPTERS", "Expected", "Row", "Verdict", "play"]
