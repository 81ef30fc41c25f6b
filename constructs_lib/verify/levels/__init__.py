"""The levels of `cognito-app verify`; each module of a level holds checks, and levels contain nothing else."""

__all__: list[str] = []
