"""End-to-end story: users call a deployed app, and each call is compared with its expected verdict."""

from constructs_lib.story.play import CHAPTERS, play
from constructs_lib.story.row import Expected, Row, Verdict

__all__ = ["CHAPTERS", "Expected", "Row", "Verdict", "play"]
