"""Number of processes for one function: few, reused, and more only for calls that would wait long.

AWS gives each concurrent call a separate environment. Stock MiniStack does so too: 32 clients start 32 interpreters on
two processors, the slowest call waits half a minute, and the interpreters stay for five minutes (measured on 1.5.33).
"""

import threading
import time
from typing import Any, Final

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from .ministack_interface import UnsupportedError, expect_attributes, expect_parameters
from .resource_limits import PROCESSES

_PATIENCE_SECONDS: Final = 1.0
"""The longest wait of a call. A function that calls itself occupies the process it waits for, so the wait must end."""
_START_SECONDS: Final = 20.0
"""The longest wait of a call while a process is starting."""
_IDLE_SECONDS: Final = 20.0
"""The idle time after which an additional process ends."""


def check() -> None:
    """Refuse a MiniStack that keeps a function's processes elsewhere."""
    expect_parameters(
        lambda_runtime.acquire_worker, "func_name", "config", "code_zip", "qualifier", "max_concurrency",
    )  # fmt: skip
    expect_parameters(lambda_runtime.release_worker, "worker")
    expect_parameters(lambda_runtime._worker_key, "func_name", "config", "qualifier")
    expect_attributes(lambda_runtime, "_workers", "_lock", "_LOCAL_WORKER_TTL")
    for name in ("acquire_worker", "release_worker"):
        if getattr(lambda_svc, name) is not getattr(lambda_runtime, name):
            raise UnsupportedError(f"ministack.services.lambda_svc.{name} is not the runtime's")


def install() -> None:
    """Override the leases of processes."""
    stock_acquire, stock_release = lambda_runtime.acquire_worker, lambda_runtime.release_worker
    freed = threading.Condition()

    def acquire_worker(
        func_name: str, config: Any, code_zip: bytes, qualifier: str = "$LATEST", max_concurrency: int | None = None
    ) -> Any:
        key = lambda_runtime._worker_key(func_name, config, qualifier)
        begun = time.monotonic()
        with freed:
            while (left := begun + _patience(key) - time.monotonic()) > 0:
                freed.wait(min(left, _PATIENCE_SECONDS))
            return stock_acquire(func_name, config, code_zip, qualifier=qualifier, max_concurrency=max_concurrency)

    def release_worker(worker: Any) -> None:
        stock_release(worker)
        with freed:
            freed.notify()

    for module in (lambda_runtime, lambda_svc):
        module.acquire_worker, module.release_worker = acquire_worker, release_worker
    lambda_runtime._LOCAL_WORKER_TTL = _IDLE_SECONDS


def _patience(key: str) -> float:
    """Return the total number of seconds that a call waits for one of a function's processes."""
    with lambda_runtime._lock:
        workers = list(lambda_runtime._workers.get(key, []))
    if len(workers) < PROCESSES or not all(worker.in_use for worker in workers):
        return 0
    return _START_SECONDS if any(worker._cold for worker in workers) else _PATIENCE_SECONDS
