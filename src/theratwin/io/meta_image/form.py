"""What a MetaImage header says: types of numbers, and the space that it is in.

That space is left, posterior, superior (as in DICOM), that of `Image` right, anterior, superior:
two signs differ. A row of ``TransformMatrix`` is the direction of one axis of the image.
"""

from __future__ import annotations

import numpy as np

#: From space to space: right and left, anterior and posterior change places.
TURN = np.diag([-1.0, -1.0, 1.0, 1.0])
TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2",
    "MET_INT": "i4", "MET_UINT": "u4", "MET_LONG": "i4", "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
LAST = "ElementDataFile"  # the header ends with it
