"""User pools: one table of operations, one state machine for the challenges of a sign-in.

`operations` is the table. Each call is checked against AWS's service model (`requests`), then its pool, client, token
and user are looked up (`call_context`), then one function handles it. `sessions` holds the state between two steps of a
sign-in. Nothing here imports MiniStack: `emulator_interface` declares the required interface, and the sibling
`user_pool_api` implements it.
"""
