"""The levels of `cognito-app verify`; each module in one holds checks, and nothing else is in them."""

__all__: list[str] = []
