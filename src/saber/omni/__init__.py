"""How is a clip put before a local model of the Qwen-Omni family, and how does it answer?"""

from saber.omni.batch import collate
from saber.omni.encoder import Encoded, Encoder, TokenCounts
from saber.omni.layout import Family, Layout, read_layout
from saber.omni.pictures import fit_size, frame_count
from saber.omni.settings import PRESETS, RELEASED, STATED, InputSettings, load_inputs, save_inputs
from saber.omni.talk import Heard, Message, Seen, Words

__all__ = [
    "PRESETS",
    "RELEASED",
    "STATED",
    "Encoded",
    "Encoder",
    "Family",
    "Heard",
    "InputSettings",
    "Layout",
    "Message",
    "Seen",
    "TokenCounts",
    "Words",
    "collate",
    "fit_size",
    "frame_count",
    "load_inputs",
    "read_layout",
    "save_inputs",
]
