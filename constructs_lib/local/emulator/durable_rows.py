"""Rows of tables for the durable state: marked when they change, because a table may have any number of them."""

import ast
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ministack.services import dynamodb

from .ministack_interface import expect_attributes, expect_parameters
from .state_database import Changes
from .state_entries import ITEMS, text_of

Table: TypeAlias = dict[str, Any]


def expect_tables() -> None:
    """Refuse a MiniStack that keeps rows differently."""
    expect_parameters(dynamodb._set_item, "table", "pk_val", "sk_val", "item")
    expect_parameters(dynamodb._remove_item, "table", "pk_val", "sk_val")
    expect_parameters(dynamodb._items_replaced, "table")
    expect_parameters(dynamodb._update_counts, "table")
    expect_attributes(dynamodb, "_tables", "_INDEX_MEMBERS")


@dataclass(frozen=True, slots=True)
class Marked:
    """Changes in tables since the last write; the tables are referenced so that their `id` is not reused.

    Args:
        rows: Identity of the table, partition and sort value -> the table.
        whole: Identity -> table, for tables whose rows were all replaced.
    """

    rows: dict[tuple[int, Any, Any], Table] = field(default_factory=dict)
    whole: dict[int, Table] = field(default_factory=dict)


class ChangedRows:
    """Marks rows when they change, and adds them to what is written.

    Attributes:
        tables: The tables of the last write, by owner.
    """

    def __init__(self) -> None:
        """Override the functions of MiniStack that change rows."""
        self.tables: dict[str, Table] = {}
        self._lock = threading.Lock()
        self._marked = Marked()
        self._mark_rows()

    def _mark_rows(self) -> None:
        for name in ("_set_item", "_remove_item"):
            setattr(dynamodb, name, self._marking(getattr(dynamodb, name)))
        stock = dynamodb._items_replaced

        def items_replaced(table: Table) -> None:
            stock(table)
            with self._lock:
                self._marked.whole[id(table)] = table

        dynamodb._items_replaced = items_replaced

    def _marking(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        def change(table: Table, pk_val: Any, sk_val: Any, *item: Any) -> Any:
            answer = stock(table, pk_val, sk_val, *item)
            with self._lock:
                self._marked.rows[id(table), pk_val, sk_val] = table
            return answer

        return change

    def take_marked(self) -> Marked:
        """Return what was marked, and begin anew."""
        with self._lock:
            marked, self._marked = self._marked, Marked()
        return marked

    def put_back(self, marked: Marked) -> None:
        """Mark again what could not be written."""
        with self._lock:
            self._marked.rows.update(marked.rows)
            self._marked.whole.update(marked.whole)

    def add_to(self, changes: Changes, marked: Marked, *, every: bool) -> dict[str, Table]:
        """Add the changed rows, and return the resulting tables."""
        if not (marked.rows or marked.whole or every):
            return self.tables
        tables = {repr(scoped): table for scoped, table in list(dynamodb._tables._data.items())}
        # Created, restored or replaced since the last comparison.
        new = {
            owner for owner, table in tables.items() if self.tables.get(owner) is not table or id(table) in marked.whole
        }
        changes.gone = new | (self.tables.keys() - tables.keys())
        for owner in new:
            for pk, sort in list(tables[owner][ITEMS].items()):
                for sk, item in list(sort.items()):
                    changes.rows[owner, repr((pk, sk))] = text_of(item)
        owners = {id(table): owner for owner, table in tables.items()}
        for identity, pk, sk in marked.rows:
            owner = owners.get(identity, "")
            if owner and owner not in new:
                item = tables[owner][ITEMS].get(pk, {}).get(sk)
                changes.rows[owner, repr((pk, sk))] = None if item is None else text_of(item)
        return tables

    def load(self, loaded: dict[str, Any], rows: Iterable[tuple[str, str, str]]) -> None:
        """Put the written rows into the loaded tables."""
        tables = {repr(scoped): table for scoped, table in loaded["tables"]._data.items()}
        for table in tables.values():
            table[ITEMS] = defaultdict(dict)
        for owner, key, value in rows:
            if owner in tables:
                pk, sk = ast.literal_eval(key)
                tables[owner][ITEMS][pk][sk] = json.loads(value)
        for table in tables.values():
            dynamodb._update_counts(table)
        self.tables = tables
