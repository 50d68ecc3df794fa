"""Perceiving: face."""
