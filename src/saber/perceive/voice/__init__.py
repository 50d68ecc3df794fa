"""Perceiving: voice."""
