"""Durable state: each change is on disk before its response is sent.

Stock MiniStack writes its state on a regular stop only, so a crash loses all changes since the start (measured on
1.5.33). This module compares the services that a request may have changed with the last write, entry by entry. Rows of
tables are not compared but marked when they change, because a table may have any number of rows.
"""

import ast
import hashlib
import json
import logging
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, Final, TypeAlias

from ministack import app
from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict
from ministack.services import dynamodb, lambda_svc

from .interrupted_stacks import settle
from .ministack_interface import expect_attributes, expect_parameters
from .state_database import Changes, Entry, KeptState, KeptStateError
from .touched_services import EVERYTHING

Flat: TypeAlias = Iterator[tuple[str, str, Any]]
Table: TypeAlias = dict[str, Any]
_SCOPES: Final = {"region": AccountRegionScopedDict, "account": AccountScopedDict}
_ITEMS: Final = "items"
_USERS: Final = "_users"
_text: Final = json.JSONEncoder(default=persistence._json_default, separators=(",", ":")).encode
_LARGE: Final = ("cognito", "dynamodb")
_TRIES: Final = 5
_LOG: Final = logging.getLogger("emulator")
_NOT_COPIED: Final = SimpleNamespace(deepcopy=lambda value: value)


def check() -> None:
    """Refuse a MiniStack that keeps state differently."""
    expect_attributes(app, "load_state", "save_all", "_state_map", "_loaded_modules")
    expect_parameters(app._load_persisted_state)
    expect_parameters(app._get_module, "name")
    expect_parameters(app._build_persistence_save_dict)
    expect_parameters(persistence._json_default, "obj")
    expect_parameters(persistence._json_object_hook, "obj")
    expect_parameters(dynamodb._set_item, "table", "pk_val", "sk_val", "item")
    expect_parameters(dynamodb._remove_item, "table", "pk_val", "sk_val")
    expect_parameters(dynamodb._items_replaced, "table")
    expect_parameters(dynamodb._update_counts, "table")
    expect_attributes(dynamodb, "_tables", "_INDEX_MEMBERS")
    expect_parameters(lambda_svc._prune_orphan_code_blobs, "referenced")


def install() -> None:
    """Do nothing: `keep` starts to keep state."""


def keep(state: KeptState) -> "Keeper":
    """Load the kept state, and keep every later change.

    Args:
        state: The kept state.

    Raises:
        KeptStateError: If it cannot be loaded or written.
    """
    keeper = Keeper(state)
    # The state of an earlier version of the local cloud is in MiniStack's own files.
    load = app.load_state if state.is_new else keeper.load
    for service, name in app._state_map.items():
        try:
            data = load(service)
            if data and service == "cloudformation":
                settle(data)
            if data:
                app._get_module(name).load_persisted_state(data)
        except KeptStateError:
            raise
        except Exception as error:
            # Stock MiniStack continues without it; the missing entries would then be deleted from the kept state.
            raise KeptStateError(state.damaged(f"{service}: {type(error).__name__}: {error}")) from error

    def save_all(_: Any) -> None:
        keeper.flush(EVERYTHING)

    keeper.flush(EVERYTHING)
    app._load_persisted_state = _nothing
    app.save_all = save_all
    return keeper


def _nothing() -> None:
    """Do nothing: the state is already loaded."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Changes in tables since the last write; the tables are referenced so that their `id` is not reused.

    Args:
        rows: Identity of the table, partition and sort value -> the table.
        whole: Identity -> table, for tables whose rows were all replaced.
    """

    rows: dict[tuple[int, Any, Any], Table] = field(default_factory=dict)
    whole: dict[int, Table] = field(default_factory=dict)


class Keeper:
    """Writes the changed state.

    Args:
        state: The destination.
    """

    def __init__(self, state: KeptState) -> None:
        """Read the written state, and mark rows of tables when they change."""
        self._state = state
        self._written: dict[Entry, bytes] = {}
        self._unkept: set[str] = set()
        self._tables: dict[str, Table] = {}
        self._lock = threading.Lock()
        self._marked = Marked()
        self._blobs: set[str] | None = None
        self._mark_rows()
        self._prune = lambda_svc._prune_orphan_code_blobs
        lambda_svc._prune_orphan_code_blobs = self._prune_later

    def load(self, service: str) -> dict[str, Any] | None:
        """Return a service's state in the format of MiniStack's own files, or None; raise if it is damaged."""
        loaded: dict[str, Any] = {}
        for store, key, value in self._state.entries(service):
            self._written[service, store, key] = _digest(value)
            content = json.loads(value, object_hook=persistence._json_object_hook)
            _unflatten(loaded, store, key, content)
        if service == "dynamodb" and loaded:
            self._load_rows(loaded)
        return loaded or None

    def flush(self, services: Iterable[str]) -> None:
        """Write the changes of some services, and every changed row.

        Raises:
            KeptStateError: If it cannot be written; the next call tries again.
        """
        modules = dict(_loaded(services))
        marked = self._taken()
        try:
            changes, tables = self._compared(modules, marked)
            if changes:
                self._state.write(changes)
        except BaseException:
            self._put_back(marked)
            raise
        self._tables = tables
        for entry, value in changes.entries.items():
            if value is None:
                self._written.pop(entry, None)
            else:
                self._written[entry] = _digest(value)
        if self._blobs is not None:
            self._prune(self._blobs)
            self._blobs = None

    def _compared(self, modules: Mapping[str, ModuleType], marked: Marked) -> tuple[Changes, dict[str, Table]]:
        """Return the changes to write, and the resulting tables."""
        for _ in range(_TRIES):
            # A function's thread may change the state while it is read.
            with suppress(RuntimeError):
                entries = {
                    entry: value for name, module in modules.items() for entry, value in self._changed(name, module)
                }
                changes = Changes(entries=entries, rows={}, gone=set())
                return changes, self._add_rows(changes, marked, every=bool(modules))
        raise KeptStateError("the state changes too fast to be written")

    def close(self) -> None:
        """Close the file."""
        self._state.close()

    def _changed(self, service: str, module: ModuleType) -> list[tuple[Entry, str | None]]:
        try:
            state = _state_of(service, module)
            found = (
                {}
                if state is None
                else {(service, store, key): _text(content) for store, key, content in _flatten(service, state)}
            )
        except (TypeError, ValueError) as error:
            if service not in self._unkept:
                _LOG.error("the state of %s is not kept: %s", service, error)
                self._unkept.add(service)
            return []
        if state is None:
            return []
        gone = [entry for entry in self._written if entry[0] == service and entry not in found]
        changed = [(entry, value) for entry, value in found.items() if self._written.get(entry) != _digest(value)]
        return [*changed, *((entry, None) for entry in gone)]

    def _prune_later(self, referenced: set[str]) -> None:
        """Keep unreferenced code until the written state no longer references it."""
        self._blobs = referenced

    # Rows of tables.

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

    def _taken(self) -> Marked:
        with self._lock:
            taken, self._marked = self._marked, Marked()
        return taken

    def _put_back(self, marked: Marked) -> None:
        with self._lock:
            self._marked.rows.update(marked.rows)
            self._marked.whole.update(marked.whole)

    def _add_rows(self, changes: Changes, marked: Marked, *, every: bool) -> dict[str, Table]:
        """Add the changed rows, and return the resulting tables."""
        if not (marked.rows or marked.whole or every):
            return self._tables
        tables = {repr(scoped): table for scoped, table in list(dynamodb._tables._data.items())}
        # Created, restored or replaced since the last comparison.
        new = {
            owner
            for owner, table in tables.items()
            if self._tables.get(owner) is not table or id(table) in marked.whole
        }
        changes.gone = new | (self._tables.keys() - tables.keys())
        for owner in new:
            for pk, sort in list(tables[owner][_ITEMS].items()):
                for sk, item in list(sort.items()):
                    changes.rows[owner, repr((pk, sk))] = _text(item)
        owners = {id(table): owner for owner, table in tables.items()}
        for identity, pk, sk in marked.rows:
            owner = owners.get(identity, "")
            if owner and owner not in new:
                item = tables[owner][_ITEMS].get(pk, {}).get(sk)
                changes.rows[owner, repr((pk, sk))] = None if item is None else _text(item)
        return tables

    def _load_rows(self, loaded: dict[str, Any]) -> None:
        tables = {repr(scoped): table for scoped, table in loaded["tables"]._data.items()}
        for table in tables.values():
            table[_ITEMS] = defaultdict(dict)
        for owner, key, value in self._state.rows():
            if owner in tables:
                pk, sk = ast.literal_eval(key)
                tables[owner][_ITEMS][pk][sk] = json.loads(value)
        for table in tables.values():
            dynamodb._update_counts(table)
        self._tables = tables


def _loaded(services: Iterable[str]) -> Iterator[tuple[str, ModuleType]]:
    wanted = frozenset(services)
    for service, name in app._state_map.items():
        if wanted == EVERYTHING or service in wanted:
            module = app._loaded_modules.get(name) or sys.modules.get(f"ministack.services.{name}")
            if module is not None and hasattr(module, "get_state"):
                yield service, module


def _state_of(service: str, module: ModuleType) -> Mapping[str, Any] | None:
    """Return a service's state in its own format; large states are not copied, because they are written at once."""
    stock: Any = module.get_state
    if service in _LARGE:
        stock = FunctionType(stock.__code__, {**stock.__globals__, "copy": _NOT_COPIED})
    found: Mapping[str, Any] | None = stock()
    return found


def _flatten(service: str, state: Mapping[str, Any]) -> Flat:
    """Yield store, key and content: each entry of stores by account and region, and each user of a user pool."""
    for name, content in state.items():
        scope = next((scope for scope, kind in _SCOPES.items() if isinstance(content, kind)), None)
        if scope is None:
            yield name, "", content
            continue
        yield f"{name}:{scope}", "", None
        for scoped, value in list(content._data.items()):
            key, entry = repr(scoped), value
            if service == "cognito" and isinstance(value, dict) and isinstance(value.get(_USERS), dict):
                entry = {**value, _USERS: {}}
                for user, record in list(value[_USERS].items()):
                    yield f"{name}:{scope}:{_USERS}", f"{key}\0{user}", record
            elif service == "dynamodb" and isinstance(value, dict):
                entry = {part: held for part, held in value.items() if part not in {_ITEMS, dynamodb._INDEX_MEMBERS}}
            yield f"{name}:{scope}", key, entry


def _unflatten(loaded: dict[str, Any], store: str, key: str, content: Any) -> None:
    name, _, scope = store.partition(":")
    if not scope:
        loaded[name] = content
        return
    scope, _, part = scope.partition(":")
    held = loaded.setdefault(name, _SCOPES[scope]())._data
    if part:
        owner, _, user = key.partition("\0")
        held[ast.literal_eval(owner)][part][user] = content
    elif key:
        held[ast.literal_eval(key)] = content


def _digest(value: str) -> bytes:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).digest()
