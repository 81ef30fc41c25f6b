"""User pools as AWS answers: one table of operations, one state machine for the challenges of a sign-in.

`operations` is the table. Each call is checked against AWS's service model (`requests`), then its pool, client, token
and user are found (`calls`), then one function answers. `sessions` holds what lies between two steps of a sign-in.
Nothing here imports MiniStack: `world` says what is needed of it, and `user_pool_api` beside this package gives it.
"""
