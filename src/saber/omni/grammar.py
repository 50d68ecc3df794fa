"""How is a model held to a JSON schema while it writes?

With `llguidance` (MIT, no dependencies), where it is installed: it says before each token which ones keep the
text on the way to valid JSON.
"""

from __future__ import annotations

import json
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from saber.core.errors import MissingPieceError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Grammars", "Held", "can_constrain"]


def can_constrain() -> bool:
    """The package is installed. Imports nothing."""
    return find_spec("llguidance") is not None


class Grammars:
    """Makes one `Held` for each text that is to follow a schema; the vocabulary is read once, about 1 s."""

    def __init__(self, tokenizer: Any, vocabulary: int, stop_ids: list[int]) -> None:
        try:
            reader = import_module("llguidance.hf")
        except ImportError as error:
            raise MissingPieceError(
                "Holding a local model to a schema needs the package llguidance, which is not installed.",
                remedy="Install it: pip install 'saber-llm[hf]'.",
            ) from error
        self._words = reader.from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=stop_ids)
        self._matcher: Any = import_module("llguidance").LLMatcher
        self._vocabulary = vocabulary
        self._grammars: dict[str, str] = {}

    def hold(self, schema: dict[str, Any]) -> Held:
        """Raises UsageError when the schema says what the package can't enforce."""
        key = json.dumps(schema)
        if key not in self._grammars:
            # Blanks between tokens are not free: a weak model would spend its whole budget on them.
            rules = {"whitespace_flexible": False, "key_separator": ": ", "item_separator": ", "}
            self._grammars[key] = self._matcher.grammar_from_json_schema(key, defaults=rules)
        matcher = self._matcher(self._words, self._grammars[key])
        if matcher.is_error():
            raise UsageError(
                f"The schema of the answer can't be enforced: {matcher.get_error()[:200]}.",
                remedy="Use form = 'tags' in [infer] of a settings file.",
            )
        return Held(matcher, self._vocabulary)


class Held:
    """One text on its way through a schema."""

    def __init__(self, matcher: Any, vocabulary: int) -> None:
        self._matcher = matcher
        self._vocabulary = vocabulary

    @property
    def ended(self) -> bool:
        """Nothing may follow."""
        return bool(self._matcher.is_stopped())

    def allowed(self) -> NDArray[np.bool_]:
        """(vocabulary,) which tokens may come next."""
        import numpy as np

        mask = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        return np.unpackbits(mask, bitorder="little")[: self._vocabulary].astype(bool)

    def take(self, token: int) -> None:
        """The token that was written; must be one of the allowed."""
        if not self._matcher.consume_token(token):
            raise ValueError(f"token {token} leaves the schema: {self._matcher.get_error()}")
