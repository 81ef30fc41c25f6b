"""Builds the stack: `make up` for the local cloud, `npx cdk deploy` for your account."""

from stack import MyAppStack

from constructs_lib.validation import validated_app

# The synth fails if a user could reach another user's data.
app = validated_app()
MyAppStack(app, "MyApp", local=app.node.try_get_context("stage") == "local")
app.synth()
