"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from shared_folders_stack import SharedFoldersStack

from constructs_lib.validation import validated_app

app = validated_app()
SharedFoldersStack(app, "SharedFolders", local=app.node.try_get_context("stage") == "local")
app.synth()
