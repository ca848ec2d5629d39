"""Fills and photographs a drawn form, for the demonstration, tests and training."""
