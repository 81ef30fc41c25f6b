"""The matrix as one self-contained HTML page."""

from constructs_lib.analysis.report.page.page import as_html

__all__ = ["as_html"]
