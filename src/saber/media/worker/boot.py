"""How does the reading process start cheaply and without the caller's environment?

Run as `python -I -S boot.py '<task as JSON>'` with the clip on standard input and the pipe on standard
output. Importing `saber.media` the usual way would load numpy and pydantic, twice the cost of PyAV
alone, so the packages above this one are entered by their folder and not through their front doors.
"""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path


def boot() -> None:
    task = json.loads(sys.argv[1])
    sys.path[:] = task["python_path"]
    here = Path(__file__).resolve().parent
    for name, folder in (
        ("saber", here.parent.parent),
        ("saber.media", here.parent),
        ("saber.media.worker", here),
    ):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package

    from saber.media.worker.serve import serve

    serve(task)


if __name__ == "__main__":
    boot()
