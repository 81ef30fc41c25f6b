"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from aws_cdk import App
from shared_folders_stack import SharedFoldersStack

app = App()
SharedFoldersStack(app, "SharedFolders", local=app.node.try_get_context("stage") == "local")
app.synth()
