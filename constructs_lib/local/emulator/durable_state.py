"""Durable state: each change is on disk before its response is sent.

Stock MiniStack writes its state on a regular stop only, so a crash loses all changes since the start (measured on
1.5.33). This module compares the services that a request may have changed with the last write, entry by entry, and
adds the rows of tables that changed (`durable_rows`).
"""

import hashlib
import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, Final

from ministack import app
from ministack.core import persistence
from ministack.services import lambda_svc

from .durable_rows import ChangedRows, Marked, Table, expect_tables
from .interrupted_stacks import settle
from .ministack_interface import expect_attributes, expect_parameters
from .state_database import Changes, Entry, KeptState, KeptStateError
from .state_entries import flatten, text_of, unflatten
from .touched_services import EVERYTHING

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
    expect_tables()
    expect_parameters(lambda_svc._prune_orphan_code_blobs, "referenced")


def install() -> None:
    """Do nothing: `keep` starts to keep state."""


def keep(state: KeptState) -> "Keeper":
    """Load the kept state, and keep every later change.

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


class Keeper:
    """Writes the changed state."""

    def __init__(self, state: KeptState) -> None:
        """Read the written state, and mark rows of tables when they change."""
        self._state = state
        self._written: dict[Entry, bytes] = {}
        self._unkept: set[str] = set()
        self._blobs: set[str] | None = None
        self._rows = ChangedRows()
        self._prune = lambda_svc._prune_orphan_code_blobs
        lambda_svc._prune_orphan_code_blobs = self._prune_later

    def load(self, service: str) -> dict[str, Any] | None:
        """Return a service's state in the format of MiniStack's own files, or None; raise if it is damaged."""
        loaded: dict[str, Any] = {}
        for store, key, value in self._state.entries(service):
            self._written[service, store, key] = _digest(value)
            content = json.loads(value, object_hook=persistence._json_object_hook)
            unflatten(loaded, store, key, content)
        if service == "dynamodb" and loaded:
            self._rows.load(loaded, self._state.rows())
        return loaded or None

    def flush(self, services: Iterable[str]) -> None:
        """Write the changes of some services, and every changed row.

        Raises:
            KeptStateError: If it cannot be written; the next call tries again.
        """
        modules = dict(_loaded(services))
        marked = self._rows.take_marked()
        try:
            changes, tables = self._compared(modules, marked)
            if changes:
                self._state.write(changes)
        except BaseException:
            self._rows.put_back(marked)
            raise
        self._rows.tables = tables
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
                return changes, self._rows.add_to(changes, marked, every=bool(modules))
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
                else {(service, store, key): text_of(content) for store, key, content in flatten(service, state)}
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


def _loaded(services: Iterable[str]) -> Iterator[tuple[str, ModuleType]]:
    requested = frozenset(services)
    for service, name in app._state_map.items():
        if requested == EVERYTHING or service in requested:
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


def _digest(value: str) -> bytes:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).digest()
