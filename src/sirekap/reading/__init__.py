"""Photograph and form in, proposed figures with probability out."""
