"""Builds the example: `cdk deploy --all`, or `cognito-app up` here for the local cloud."""

from existing_pools_stacks import AppStack, PoolsStack

from constructs_lib.validation import validated_app

app = validated_app()
pools = PoolsStack(app, "Pools")
AppStack(app, "ExistingPools", user_pool=pools.user_pool, user_pool_client=pools.user_pool_client)
app.synth()
