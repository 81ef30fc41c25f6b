"""Who can do what where."""

from constructs_lib.analysis.matrix.access import Access, Matrix, Place, Reach, Source, Subject

__all__ = ["Access", "Matrix", "Place", "Reach", "Source", "Subject"]
