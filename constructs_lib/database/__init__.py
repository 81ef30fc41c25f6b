"""Tables whose rows have owners."""

from constructs_lib.database.owned_table import OwnedTable

__all__ = ["OwnedTable"]
