"""Perceiving: body."""
