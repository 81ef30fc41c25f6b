"""Local web console of the local cloud: users, data, live calls, questions, statement coverage, proof and matrix.

`start_console` returns its address. It shows the results of `constructs_lib.explain` and `constructs_lib.analysis` and
acts through `constructs_lib.client`; nothing here decides access. `request_guard` decides which requests it accepts.
"""

from constructs_lib.console.process import start_console

__all__ = ["start_console"]
