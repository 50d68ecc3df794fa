"""How does a browser, or another program, get a clip analysed and see what came out?

The server's main flow is `app.py`; `crew.py` runs the worker processes that do the work.
"""

from saber.serve.settings import ServeSettings

__all__ = ["ServeSettings"]
