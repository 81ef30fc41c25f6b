"""Reports of the analyses: text for a terminal, Markdown for a pull request, JSON for a program, and HTML."""

__all__: list[str] = []
