"""Files and folders that appear whole or not at all."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a file beside `path` to write to; it takes the place of `path` only when the block ends well.

    Raise OSError (ENOSPC where the disk is full); nothing half-written is left behind.
    """
    with _draft(path) as folder:
        draft = folder / path.name
        yield draft
        _flushed(draft)
        draft.replace(path)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yield a folder beside `path` to write to; `path` gets its files only when the block ends well.

    Where `path` exists already, files of the same names are replaced one by one and all others stay. Raise OSError
    (ENOSPC where the disk is full); nothing half-written is left behind.
    """
    with _draft(path) as outer:
        draft = outer / (path.name or "folder")
        draft.mkdir()
        yield draft
        for file in sorted(draft.rglob("*")):
            _flushed(file)
        if path.exists():
            _merge(draft, path)
        else:
            draft.rename(path)


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    parent = path.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    with disk_full_told(parent), tempfile.TemporaryDirectory(prefix=".writing-", dir=parent) as folder:
        yield Path(folder)


@contextmanager
def disk_full_told(where: Path) -> Iterator[None]:
    """Raise a full disk as OSError(ENOSPC), whichever library met it and however it worded it."""
    try:
        yield
    except OSError as error:
        if error.errno is None and "No space left" in str(error):
            raise _full(where) from error
        raise
    except Exception as error:
        if "No space left" in str(error) or "disk is full" in str(error):
            raise _full(where) from error
        raise


def _full(where: Path) -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(where))


def _flushed(file: Path) -> None:
    """Bring a file to the disk, so that a crash after the renaming cannot leave an empty one."""
    if file.is_file():
        with file.open("rb") as opened:
            os.fsync(opened.fileno())


def _merge(draft: Path, path: Path) -> None:
    for file in sorted(draft.rglob("*")):
        target = path / file.relative_to(draft)
        if file.is_dir():
            target.mkdir(exist_ok=True)
        else:
            if target.is_dir():
                shutil.rmtree(target)
            file.replace(target)
