"""Tables whose rows have owners."""

from constructs_lib.database.index import Index
from constructs_lib.database.owned_table import OwnedTable

__all__ = ["Index", "OwnedTable"]
