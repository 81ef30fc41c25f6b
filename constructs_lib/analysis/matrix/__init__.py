"""The access matrix: the access of each caller to each part of each resource."""

from constructs_lib.analysis.matrix.access import Access, Matrix, Place, Reach, Source, Subject

__all__ = ["Access", "Matrix", "Place", "Reach", "Source", "Subject"]
