"""One generation as one file, and back."""

import errno
import tarfile
import tempfile
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from corpus import UserError
from index.audit import note
from index.building.publishing import building, publish, remove_old, unpublished
from index.generations.forgotten import forgotten
from index.generations.generation import Generation
from index.generations.holding import MANIFEST
from index.generations.manifest import Manifest
from index.generations.sums import check_files

_NOT_A_BACKUP = (tarfile.TarError, OSError, EOFError, ValueError, zlib.error)


def back_up(index: Path, file: Path) -> Manifest:
    """Write the live generation to a file, compressed unless its name ends in .tar; the manifest of what was written.

    The file is there whole or not at all. Raises UserError as `Generation.open`, and if the file cannot be written.
    """
    with closing(Generation.open(index)) as generation:
        try:
            with tempfile.TemporaryDirectory(dir=file.parent) as folder:
                temporary = Path(folder, file.name)
                with tarfile.open(temporary, "w" if file.suffix == ".tar" else "w:gz") as archive:
                    for name in (MANIFEST, *generation.manifest.files):
                        archive.add(generation.folder / name, name)
                temporary.replace(file)
        except OSError as error:
            message = f"The backup “{file}” cannot be written ({error.strerror}); name another file."
            raise UserError(message) from error
    return generation.manifest


def restore(index: Path, file: Path, keep: int = 1) -> Manifest:
    """Make a generation from a backup the live one; the manifest. `keep` other generations stay.

    Raises UserError if the file is not a whole backup, or if it holds articles that were taken down since; the index
    then stays as it is.
    """
    with building(index), unpublished(index) as folder:
        try:
            manifest = _unpacked(file, folder)
        except _NOT_A_BACKUP as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            why = str(getattr(error, "strerror", None) or error).partition("\n")[0]
            message = f"“{file}” is not a whole backup ({why}); write one with: python -m index backup FILE"
            raise UserError(message) from error
        if not {*forgotten(index)} <= {*manifest.forgotten}:
            message = f"“{file}” holds articles that were taken down since; build the index anew with: python -m index"
            raise UserError(message)
        manifest = replace(
            manifest, report=replace(manifest.report, generation=folder.name), forgotten=forgotten(index)
        )
        manifest.write(folder)
        replaced = publish(index, folder.name)
        note(index, "restore", generation=folder.name, replaced=replaced, file=str(file))
        remove_old(index, keep, replaced)
    return manifest


def _unpacked(file: Path, folder: Path) -> Manifest:
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    manifest = Manifest.read(folder)
    check_files(folder, manifest.files, whole=True)
    return manifest
