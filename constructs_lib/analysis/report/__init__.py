"""Reports: each analysis as text for a terminal, Markdown for a pull request, JSON for a program, HTML for a reader."""

__all__: list[str] = []
