"""Sirekap: election results that anyone can recount."""

__version__ = "0.1.0"
