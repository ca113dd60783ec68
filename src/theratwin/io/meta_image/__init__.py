"""MetaImage files (.mhd with .raw, .mha), as GATE, ITK and elastix read and write them."""

from theratwin.io.meta_image.read import read_meta_image
from theratwin.io.meta_image.write import write_meta_image

__all__ = ["read_meta_image", "write_meta_image"]
