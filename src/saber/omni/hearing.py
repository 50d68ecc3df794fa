"""How does sound become the log-mel spectrogram that the sound encoder takes?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from saber.omni.layout import Family, Layout

if TYPE_CHECKING:
    import torch

__all__ = ["HOP", "RATE_HZ", "log_mel"]

RATE_HZ = 16_000
HOP = 160
"""Samples from one mel frame to the next: 10 ms."""
_WINDOW = 400
_SHORTEST = RATE_HZ // 10


def log_mel(samples: NDArray[np.float32], layout: Layout) -> torch.Tensor:
    """float32 (mel_bins, frames) of mono sound at 16 kHz, as Whisper's feature extractor makes it.

    The library pads to 300 s and cuts off again what the padding added; here only what is needed is padded.
    Sound under 0.1 s is lengthened with silence to that, for the encoder makes no token of less.
    """
    import torch

    wave = torch.from_numpy(np.ascontiguousarray(samples, np.float32))
    if len(wave) < _SHORTEST:
        wave = torch.nn.functional.pad(wave, (0, _SHORTEST - len(wave)))
    # Qwen2.5-Omni's library adds silence; Qwen3-Omni's adds nothing, and the transform mirrors the end.
    if layout.family is Family.QWEN2_5:
        frames = -(-len(wave) // HOP)
        wave = torch.nn.functional.pad(wave, (0, frames * HOP + _WINDOW - len(wave)))
    else:
        frames = len(wave) // HOP
    window = torch.hann_window(_WINDOW)
    spectrum = torch.stft(wave, _WINDOW, HOP, window=window, return_complex=True)[:, :frames]
    power = (spectrum.abs() ** 2).contiguous()
    filters = torch.from_numpy(mel_filters(layout.mel_bins))
    log = torch.clamp(filters.T @ power, min=1e-10).log10()
    return (torch.maximum(log, log.max() - 8.0) + 4.0) / 4.0


@cache
def mel_filters(bins: int) -> NDArray[np.float32]:
    """(201, bins) triangles of equal area on Slaney's mel scale (Auditory Toolbox, 1998), 0 to 8 kHz."""
    edges_hz = _to_hz(np.linspace(_to_mel(0.0), _to_mel(RATE_HZ / 2), bins + 2))
    at_hz = np.linspace(0.0, RATE_HZ / 2, _WINDOW // 2 + 1)
    slopes = edges_hz[None, :] - at_hz[:, None]
    steps = np.diff(edges_hz)
    rising, falling = -slopes[:, :-2] / steps[:-1], slopes[:, 2:] / steps[1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * (2.0 / (edges_hz[2:] - edges_hz[:-2]))[None, :]).astype(np.float32)


_KNEE_HZ, _KNEE_MEL, _LOG_STEP = 1000.0, 15.0, np.log(6.4) / 27.0
"""Slaney: linear, 3 mel per 200 Hz, up to 1 kHz, and 27 mel per factor of 6.4 above it."""


def _to_mel(hz: float) -> float:
    return 3.0 * hz / 200.0 if hz < _KNEE_HZ else _KNEE_MEL + float(np.log(hz / _KNEE_HZ)) / _LOG_STEP


def _to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _KNEE_HZ * np.exp(_LOG_STEP * (mel - _KNEE_MEL))
    return np.where(mel < _KNEE_MEL, 200.0 * mel / 3.0, above)
