"""Database, photographs by hash, jobs and the fast roll-up; everything that is kept is kept here.

The package itself imports nothing: `store.jobs` works without Django, the rest configures it on import of
`store.setup`.
"""
