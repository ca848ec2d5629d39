"""The doors by HTTP: parse, call `flow` and `store`, render. See docs/capture.md and decision 11."""
