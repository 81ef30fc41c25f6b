"""A page on this machine beside the local cloud: people, data, live calls, questions, rule coverage, proof and matrix.

`start_console` gives its address. It shows what `constructs_lib.explain` and `constructs_lib.analysis` say and acts
through `constructs_lib.client`; nothing here decides access. `door` says who is let in.
"""

from constructs_lib.console.process import start_console

__all__ = ["start_console"]
