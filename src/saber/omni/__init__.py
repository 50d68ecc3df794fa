"""How is a clip put before a local model of the Qwen-Omni family, and how does it answer?"""

from saber.omni.adapter import module_of
from saber.omni.batch import collate, collate_text
from saber.omni.encoder import Encoded, Encoder, TokenCounts
from saber.omni.grammar import Grammars, can_constrain
from saber.omni.layout import Family, Layout, read_layout
from saber.omni.pictures import fit_size, frame_count
from saber.omni.quiet import quietly
from saber.omni.settings import (
    PRESETS,
    RELEASED,
    RELEASED_MAX_TOKENS,
    STATED,
    InputSettings,
    carry_over,
    load_inputs,
    save_inputs,
)
from saber.omni.talk import Heard, Message, Seen, Words
from saber.omni.weights import Loaded, check_packages, fingerprint, load, locate
from saber.omni.write import Draft, Order, next_token_logits, write

__all__ = [
    "PRESETS",
    "RELEASED",
    "RELEASED_MAX_TOKENS",
    "STATED",
    "Draft",
    "Encoded",
    "Encoder",
    "Family",
    "Grammars",
    "Heard",
    "InputSettings",
    "Layout",
    "Loaded",
    "Message",
    "Order",
    "Seen",
    "TokenCounts",
    "Words",
    "can_constrain",
    "carry_over",
    "check_packages",
    "collate",
    "collate_text",
    "fingerprint",
    "fit_size",
    "frame_count",
    "load",
    "load_inputs",
    "locate",
    "module_of",
    "next_token_logits",
    "quietly",
    "read_layout",
    "save_inputs",
    "write",
]
