"""Replay of a recording against a local cloud: a difference of the responses is a fault of the local cloud."""

from constructs_lib.verify.replay.comparing import NORMALISATIONS, Normalisation
from constructs_lib.verify.replay.replay import Difference, NotPlayed, Replayed, replay

__all__ = ["NORMALISATIONS", "Difference", "Normalisation", "NotPlayed", "Replayed", "replay"]
