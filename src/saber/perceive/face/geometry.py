"""How is the head turned, and what would the face look like from the front?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from saber.perceive.face.landmarks import RIGID, RIGID_WEIGHT, ROW, average_face

__all__ = ["Fit", "Posed", "fit", "rotation", "square_up"]

_AVERAGE = average_face()
_PUPILS = (ROW[468], ROW[473])
_EYE_CORNERS = [ROW[i] for i in (33, 133, 362, 263)]


@dataclass(frozen=True)
class Posed:
    """Meshes seen from the front, and how the head was turned. n meshes."""

    points: NDArray[np.float64]
    """(n, k, 3): x to the subject's left, y up, z towards the camera; in inter-ocular distances (IOD:
    between the two pupils' centres, the median over the n meshes), origin between the eyes' corners."""
    yaw_deg: NDArray[np.float64]
    """(n,): positive to the subject's left (right in the picture). All three are 0 as on the average face,
    which looks straight ahead."""
    pitch_deg: NDArray[np.float64]
    """(n,): positive up."""
    roll_deg: NDArray[np.float64]
    """(n,): positive when the head leans to the subject's right shoulder (anticlockwise in the picture)."""
    iod_px: NDArray[np.float64]
    """(n,): inter-ocular distance in pixels, as if seen from the front."""
    misfit: NDArray[np.float64]
    """(n,): how badly the bony points fit a human head, root mean square in IOD."""


def square_up(meshes: NDArray[np.float32]) -> Posed:
    """Fits the average head to each mesh (similarity transform, weighted least squares) and undoes it.

    meshes: (n, k, 3) in pixels, n >= 1, x right, y down, z away from the camera (MediaPipe's convention).
    """
    laid = fit(meshes.astype(np.float64) * (1.0, -1.0, -1.0), _AVERAGE, RIGID, RIGID_WEIGHT)
    iod = np.median(np.linalg.norm(laid.points[:, _PUPILS[0], :2] - laid.points[:, _PUPILS[1], :2], axis=1))
    origin = laid.points[:, _EYE_CORNERS].mean(1, keepdims=True)
    yaw, pitch, roll = laid.angles_deg.T
    return Posed((laid.points - origin) / iod, yaw, pitch, roll, laid.size * iod, laid.misfit / iod)


class Fit(NamedTuple):
    """n shapes laid over a model."""

    points: NDArray[np.float64]
    """(n, k, 3), in the model's units and axes."""
    angles_deg: NDArray[np.float64]
    """(n, 3): yaw, pitch and roll that turn the model as the shape was turned, signs as in `Posed`."""
    size: NDArray[np.float64]
    """(n,): units of the shape to one of the model."""
    misfit: NDArray[np.float64]
    """(n,): what is left at the fitted points, weighted root mean square, in the model's units."""


def fit(
    shapes: NDArray[np.float64],
    model: NDArray[np.float64],
    rows: NDArray[np.intp],
    weight: NDArray[np.float64],
) -> Fit:
    """Lays shapes (n, k, 3) over a model (k, 3) so that the points in `rows` (m,), weighted (m,), fit best.

    Method: Umeyama 1991 (least-squares similarity between point sets), all shapes at once.
    """
    share = weight / weight.sum()
    centre = np.einsum("k,nkd->nd", share, shapes[:, rows])
    model_centre = share @ model[rows]
    firm = model[rows] - model_centre
    spread = shapes[:, rows] - centre[:, None]
    u, s, vt = np.linalg.svd(np.einsum("k,nki,kj->nij", share, spread, firm))
    sign = np.ones_like(s)
    sign[:, 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    turn = (u * sign[:, None, :]) @ vt  # model -> shape
    size = (s * sign).sum(1) / np.einsum("k,kd->", share, firm**2)
    laid = np.einsum("nkd,nde->nke", shapes - centre[:, None], turn) / size[:, None, None]
    misfit = np.sqrt(np.einsum("k,nkd->n", share, (laid[:, rows] - firm) ** 2))
    return Fit(laid + model_centre, _angles_deg(turn), size, misfit)


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> NDArray[np.float64]:
    """The (3, 3) turn of a head by these angles, in the axes of `Posed.points`; `square_up` inverts it."""
    y, p, r = np.radians([yaw_deg, -pitch_deg, roll_deg])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def _angles_deg(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Yaw, pitch and roll of Rz(roll) Ry(yaw) Rx(-pitch), (n, 3)."""
    yaw = np.arcsin(np.clip(-turn[:, 2, 0], -1, 1))
    pitch = -np.arctan2(turn[:, 2, 1], turn[:, 2, 2])
    roll = np.arctan2(turn[:, 1, 0], turn[:, 0, 0])
    return np.asarray(np.degrees(np.stack([yaw, pitch, roll], axis=1)))
