"""A label image: which voxels belong to which region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from theratwin.core.errors import InputError
from theratwin.imaging.image import Image, read_image

#: More different values than this are an image, not labels; whole-body segmentations name some
#: hundred structures.
_MOST_LABELS = 1000


@dataclass(frozen=True, eq=False)
class Segment:
    """The voxels of one region.

    Parameters
    ----------
    region
        Canonical name.
    labels
        The label values that make it up.
    voxels
        Flat indices of its voxels in the label image, shape ``(voxel,)``.
    """

    region: str
    labels: tuple[int, ...]
    voxels: np.ndarray


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The regions of a label image.

    Parameters
    ----------
    image
        The label image.
    segments
        The regions named, in the order of naming.
    unnamed
        Label value to its number of voxels, for the values that no name was given.
    """

    image: Image
    segments: tuple[Segment, ...]
    unnamed: Mapping[int, int]

    @property
    def outside(self) -> np.ndarray:
        """Flat indices of the voxels that belong to no region."""
        free = np.ones(self.image.data.size, dtype=bool)
        for segment in self.segments:
            free[segment.voxels] = False
        return np.flatnonzero(free)


def read_labels(path: Path | str, names: Mapping[int, str]) -> Segmentation:
    """Read a label image and divide it into the regions named.

    Parameters
    ----------
    path
        NIfTI file of whole numbers; 0 is the background.
    names
        Region name by label value.

    Raises
    ------
    InputError
        If the file holds no labels, or not those named.
    """
    image = read_image(path, holds="label values")
    return segmentation(image, names)


def segmentation(image: Image, names: Mapping[int, str]) -> Segmentation:
    """Divide a label image into the regions named (see `read_labels`).

    Examples
    --------
    >>> labels = Image(np.array([[[0, 1, 1, 2, 7]]]), np.eye(4), "label", "labels")
    >>> found = segmentation(labels, {1: "liver", 2: "spleen"})
    >>> found.segments[0].voxels, found.unnamed
    (array([1, 2]), {7: 1})
    """
    values = np.unique(image.data)
    _check_values(values, image)
    voxels_of = _voxels_by_label(image.data)
    present = {value: len(voxels) for value, voxels in voxels_of.items()}
    _check_names(names, present, image)
    labels_of: dict[str, list[int]] = {}
    for value, name in names.items():
        labels_of.setdefault(name, []).append(value)
    segments = tuple(
        Segment(name, tuple(labels), np.concatenate([voxels_of[label] for label in labels]))
        for name, labels in labels_of.items()
    )
    return Segmentation(image, segments, {v: n for v, n in present.items() if v not in names})


def _voxels_by_label(data: np.ndarray) -> dict[int, np.ndarray]:
    """Return flat voxel indices by label, without the background, sorting what is labeled once."""
    flat = data.reshape(-1)
    labeled = np.flatnonzero(flat)
    order = np.argsort(flat[labeled], kind="stable")
    values, starts = np.unique(flat[labeled][order], return_index=True)
    groups = np.split(labeled[order], starts[1:])
    return {int(value): group for value, group in zip(values, groups, strict=True)}


def label_counts(image: Image) -> dict[int, int]:
    """Return the number of voxels by label value, without the background."""
    _check_values(np.unique(image.data), image)
    return {value: len(voxels) for value, voxels in _voxels_by_label(image.data).items()}


def _check_values(values: np.ndarray, image: Image) -> None:
    if np.any(values != np.round(values)):
        fraction = values[values != np.round(values)][0]
        raise InputError(
            f"a label image holds whole numbers, this one {fraction:.6g}",
            field=image.name,
            remedy="Labels are resampled with nearest neighbor, never interpolated; if this is "
            "the SPECT, it belongs to --spect",
        )
    if len(values) > _MOST_LABELS:
        raise InputError(
            f"{len(values)} different values: this is an image, not labels",
            field=image.name,
            allowed=f"at most {_MOST_LABELS} label values",
        )


def _check_names(names: Mapping[int, str], present: Mapping[int, int], image: Image) -> None:
    for value, name in names.items():
        if value not in present:
            raise InputError(
                f"no voxel has the label of {name}",
                field=f"names: {value}",
                value=value,
                allowed=f"the labels in {image.name}: {described(present)}",
            )


def described(present: Mapping[int, int]) -> str:
    """Return label values with their voxels as text, the first twenty."""
    shown = [f"{value} ({voxels} voxels)" for value, voxels in list(present.items())[:20]]
    more = len(present) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
