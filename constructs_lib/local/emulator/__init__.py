"""What runs inside MiniStack's process: the behaviour of AWS that stock MiniStack lacks and isolation depends on.

Runs in an environment of its own (`emulator.lock`), started as `python -m emulator` with the folder above on the
path; it imports nothing of `constructs_lib`. The modules that import `ministack` override one behaviour each and
check first that what they override still has the shape they know; the others are pure.
"""
