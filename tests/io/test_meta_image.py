"""MetaImage: round trips, the header as other programs write it, orientation, wrong files."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.imaging import Image, read_image, write_image
from theratwin.io import read_meta_image, write_meta_image

RANDOM = np.random.default_rng(9)
TURN = np.eye(4)
TURN[:2, :2] = [[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]]
GRID = TURN @ np.array([[-4.0, 0, 0, 60], [0, 4.0, 0, -50], [0, 0, 5.5, -40], [0, 0, 0, 1]])

HEADER = """ObjectType = Image
NDims = 3
BinaryData = True
BinaryDataByteOrderMSB = {msb}
CompressedData = False
TransformMatrix = 0 1 0 -1 0 0 0 0 1
Offset = 10 20 30
CenterOfRotation = 0 0 0
AnatomicalOrientation = RAI
ElementSpacing = 2 3 4
DimSize = 3 2 2
ElementType = {kind}
ElementDataFile = {file}
"""


@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "f4", "f8"])
@pytest.mark.parametrize("suffix", [".mhd", ".mha"])
@pytest.mark.parametrize("compress", [False, True])
def test_round_trip(tmp_path, kind, suffix, compress):
    data = (100 * RANDOM.random((5, 4, 3))).astype(kind)
    path = tmp_path / f"image{suffix}"
    write_meta_image(Image(data, GRID, "HU", "ct"), path, compress=compress)
    back = read_meta_image(path)
    assert np.array_equal(back.data, data)
    assert back.data.dtype == np.dtype(kind)
    assert back.affine == pytest.approx(GRID, abs=1e-9)
    assert len(list(tmp_path.iterdir())) == (1 if suffix == ".mha" else 2)


@pytest.mark.parametrize("msb", [False, True])
def test_a_header_by_hand(tmp_path, msb):
    data = np.arange(12, dtype=">i2" if msb else "<i2")
    (tmp_path / "a.raw").write_bytes(data.tobytes())
    (tmp_path / "a.mhd").write_text(HEADER.format(msb=msb, kind="MET_SHORT", file="a.raw"))
    image = read_meta_image(tmp_path / "a.mhd")
    # x runs fastest
    assert image.data[:, 0, 0].tolist() == [0, 1, 2]
    assert image.data[0, 1, 1] == 9
    # the first axis points along y (posterior), the second along -x (right), in steps of 2 and 3
    first = image.affine @ [1, 0, 0, 1]
    second = image.affine @ [0, 1, 0, 1]
    assert (image.affine @ [0, 0, 0, 1])[:3] == pytest.approx([-10.0, -20.0, 30.0])
    assert first[:3] == pytest.approx([-10.0, -22.0, 30.0])
    assert second[:3] == pytest.approx([-7.0, -20.0, 30.0])


def test_the_same_place_as_nifti(tmp_path):
    image = Image(RANDOM.random((3, 4, 5)).astype(np.float32), GRID, "Gy", "dose")
    nifti = read_image(write_image(image, tmp_path / "dose.nii"))
    meta = read_meta_image(write_meta_image(nifti, tmp_path / "dose.mhd"))
    assert np.array_equal(meta.data, nifti.data)
    assert meta.affine == pytest.approx(nifti.affine, abs=1e-4)  # NIfTI: single precision


def test_packed_data_in_the_file_itself(tmp_path):
    header = HEADER.format(msb="False", kind="MET_UCHAR", file="LOCAL")
    packed = zlib.compress(bytes(range(12)))
    header = header.replace(
        "CompressedData = False", f"CompressedData = True\nCompressedDataSize = {len(packed)}"
    )
    (tmp_path / "a.mha").write_bytes(header.encode() + packed)
    assert read_meta_image(tmp_path / "a.mha").data.ravel(order="F").tolist() == list(range(12))


def _wrong(tmp_path, change, error, raw=bytes(12)):
    text = change(HEADER.format(msb="False", kind="MET_UCHAR", file="a.raw"))
    (tmp_path / "a.mhd").write_text(text)
    (tmp_path / "a.raw").write_bytes(raw)
    with pytest.raises(error) as refused:
        read_meta_image(tmp_path / "a.mhd")
    return str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ("DimSize = 3 2 2", "DimSize = 3 2 2 2", UnsupportedError, "three dimensions"),
        ("DimSize = 3 2 2", "DimSize = 3 2 0", InputError, "no size"),
        ("DimSize = 3 2 2", "DimSize = 3 2 3", InputError, "cut short"),
        ("DimSize = 3 2 2", "DimSize = a b c", InputError, "no numbers"),
        ("NDims = 3", "ElementNumberOfChannels = 3", UnsupportedError, "3 channels"),
        ("MET_UCHAR", "MET_STRING", InputError, "unknown type"),
        ("a.raw", "b.raw", InputError, "no such file"),
        ("a.raw", "LIST", UnsupportedError, "several files"),
        ("ElementDataFile = a.raw", "", InputError, "no end"),
        ("NDims = 3", "HeaderSize = -1", UnsupportedError, "HeaderSize"),
        ("ElementSpacing = 2 3 4", "ElementSpacing = 2 3 0", InputError, "no usable grid"),
        ("0 1 0 -1 0 0 0 0 1", "0 1 0 0 1 0 0 0 1", InputError, "one plane"),
        ("CompressedData = False", "CompressedData = True", InputError, "unpacked"),
    ],
)
def test_wrong_files_are_named(tmp_path, old, new, error, words):
    message = _wrong(tmp_path, lambda text: text.replace(old, new), error)
    assert words in message
    assert "a.mhd" in message


def test_other_wrong_things(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_meta_image(tmp_path / "none.mhd")
    (tmp_path / "noise.mha").write_bytes(RANDOM.bytes(100_000))
    with pytest.raises(InputError, match="no MetaImage"):
        read_meta_image(tmp_path / "noise.mha")
    nan = Image(np.full((2, 2, 2), np.nan), GRID, "", "nan")
    with pytest.raises(InputError, match="not finite"):
        read_meta_image(write_meta_image(nan, tmp_path / "nan.mha"))
    with pytest.raises(InputError, match="no type"):
        write_meta_image(Image(np.ones((2, 2, 2), bool), GRID, "", "mask"), tmp_path / "a.mha")
    with pytest.raises(InputError, match="no MetaImage file"):
        write_meta_image(nan, tmp_path / "a.nii")
