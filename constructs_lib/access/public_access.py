"""`anyone`: opens a place to everyone on the internet."""

from dataclasses import dataclass
from typing import ClassVar, Final, NoReturn

from constructs_lib.argument_checks import checked


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """Everyone on the internet, without authentication. Written `anyone`."""

    _written: ClassVar = "anyone"

    def __call__(self) -> NoReturn:
        """Return its notation in a rule."""
        raise ValueError("anyone() is a call, and anyone is not a function; write anyone, without parentheses")


anyone: Final = Open()
"""Opens a route or a function's URL to the whole internet. Must be explicit; an empty list is refused."""
