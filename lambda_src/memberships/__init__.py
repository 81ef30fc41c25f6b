"""Tenant memberships: a token trigger that adds them to tokens, and an API to list, choose, invite and remove."""
