"""Plays a recording against a local cloud: where the answers differ, the local cloud is at fault."""

from constructs_lib.verify.replay.comparing import NORMALISATIONS, Normalisation
from constructs_lib.verify.replay.replay import Difference, NotPlayed, Replayed, replay

__all__ = ["NORMALISATIONS", "Difference", "Normalisation", "NotPlayed", "Replayed", "replay"]
