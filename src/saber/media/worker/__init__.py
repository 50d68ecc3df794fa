"""The isolated process that decodes: never imported by the rest, only run (see `boot.py`)."""
