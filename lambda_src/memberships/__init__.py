"""Who belongs to which tenant: a token trigger that says so, and an API to list, choose, invite and remove."""
