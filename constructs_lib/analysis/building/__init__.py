"""From resolved resources to a `Model`, one file per service."""

from constructs_lib.analysis.building.assemble import build_model

__all__ = ["build_model"]
