"""A folder with a file a chunk, from which an interrupted run goes on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from theratwin.core.errors import InputError
from theratwin.core.files import write_text

_SCHEMA = "theratwin/population/1"
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class ChunkFiles:
    """The folder of one run.

    A manifest says which run it is; ``chunk-00000.json`` and so on hold its parts, each written
    aside and renamed, so that a part is there whole or not at all; ``summary.json`` holds all.

    Parameters
    ----------
    folder
        Where.
    columns
        Whether there is a table of patients for each chunk as well.
    """

    folder: Path
    columns: bool = False

    def open(self, description: Mapping[str, Any]) -> None:
        """Take the folder for a run, or take it up again.

        Raises
        ------
        InputError
            If it holds another run or something else.
        """
        wanted = {"schema": _SCHEMA, **description}
        manifest = self.folder / _MANIFEST
        if not manifest.exists():
            if self.folder.is_dir() and any(self.folder.glob("[!.]*")):
                raise InputError(
                    "the folder holds something else",
                    field=str(self.folder),
                    remedy="Choose another folder.",
                )
            write_text(manifest, json.dumps(wanted, indent=1) + "\n")
            return
        kept = _json(manifest)
        differing = [name for name in wanted if kept.get(name) != wanted[name]]
        if differing:
            raise self._of_another_run(", ".join(differing))

    def _of_another_run(self, what: str) -> InputError:
        return InputError(
            f"the folder holds another run: {what} differs",
            field=str(self.folder),
            remedy="Choose another folder, or run it again as it was begun.",
        )

    def read(self, index: int, identity: str) -> dict[str, Any] | None:
        """Return a part, or None if it is not there.

        Raises
        ------
        InputError
            If it was made from other parameters or doses.
        """
        path = self._path(index, "json")
        if not path.exists():
            return None
        content = _json(path)
        if content.get("identity") != identity:
            raise self._of_another_run(f"what {path.name} was made from")
        return content["part"]

    def write(
        self, index: int, identity: str, part: Mapping[str, Any], rows: Iterable[list[Any]]
    ) -> None:
        """Keep a part; its table of patients is there before it."""
        if self.columns:
            table = io.StringIO()
            csv.writer(table, lineterminator="\n").writerows(rows)
            write_text(self._path(index, "csv"), table.getvalue())
        text = json.dumps({"identity": identity, "part": part}, allow_nan=False)
        write_text(self._path(index, "json"), text + "\n")

    def finish(self, whole: Mapping[str, Any]) -> None:
        """Keep the summary of all."""
        content = {"schema": _SCHEMA, **whole}
        write_text(self.folder / "summary.json", json.dumps(content, allow_nan=False) + "\n")

    def _path(self, index: int, suffix: str) -> Path:
        return self.folder / f"chunk-{index:05d}.{suffix}"


def _json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(
            "cannot be read", field=str(path), remedy="Delete it and run again."
        ) from error
