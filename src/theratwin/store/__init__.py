"""What is kept: a twin is a folder of text files with a manifest."""

from theratwin.store.twin_folder import load_twin, save_twin

__all__ = ["load_twin", "save_twin"]
