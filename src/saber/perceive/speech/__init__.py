"""Perceiving: speech."""
