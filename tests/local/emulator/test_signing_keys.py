"""Signing keys are made while no request arrives, and each is used once."""

from pathlib import Path

import pytest

from tests.local.emulator.conftest import in_emulator

pytestmark = pytest.mark.slow
PROGRAM = """
import asyncio, time
from emulator.signing_keys import KeyStock

class Module:
    made = []

    def generate_private_key(**options):
        Module.made.append((time.monotonic(), options))
        return object()

async def idle():
    making = asyncio.create_task(stock.make_ahead())
    for _ in range(4):
        await asyncio.sleep(0.15)
        stock.note_request()
    last = time.monotonic()
    assert not Module.made, "a key was made between requests"
    await making
    assert len(Module.made) == 4
    assert Module.made[0][0] > last + 0.25

stock, usual = KeyStock(Module), {"public_exponent": 65537, "key_size": 2048}
asyncio.run(idle())
other = stock.generate_private_key(public_exponent=65537, key_size=4096)
assert Module.made[-1][1]["key_size"] == 4096
keys = [stock.generate_private_key(**usual) for _ in range(5)]
assert len({id(key) for key in (other, *keys)}) == 6
assert len(Module.made) == 6, "only the fifth key was made on request"
"""


def test_keys_are_made_without_delaying_a_request_and_none_is_used_twice(tmp_path: Path) -> None:
    in_emulator(PROGRAM, "", tmp_path)
