"""Perceiving: scene."""
