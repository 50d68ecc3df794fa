"""SABER: what a person in a clip feels, and what that reading rests on."""

from saber.version import __version__

__all__ = ["__version__"]
