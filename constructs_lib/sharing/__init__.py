"""Folders of several users: a function, a bucket's folder and a table of members together."""

from constructs_lib.sharing.shared_folders import SharedFolders

__all__ = ["SharedFolders"]
