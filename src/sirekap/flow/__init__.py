"""One function per step of the way; collaborators are passed in, nothing is parsed or printed.

`flow.alone` reads without a workspace (and without Django), `flow.intake` takes photographs in, `flow.steps`
holds the short steps from `init` to `publish`, `flow.demo` walks the whole way once.
"""
