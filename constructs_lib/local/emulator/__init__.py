"""Emulator package inside MiniStack's process: AWS behaviour that stock MiniStack lacks and isolation depends on.

Runs in a separate environment (`emulator.lock`), started as `python -m emulator` with the parent folder on the path; it
imports nothing from `constructs_lib`. Each module that imports `ministack` overrides one behaviour and first checks
that the overridden code has the expected signature; the other modules are pure.
"""
