"""Exchange the finished site for a new one in one step: killed at any moment, one of them stands.

Linux and macOS can exchange two folders at once. Elsewhere, and on file systems that cannot, it
takes two renames, and the next build mends what was interrupted between them.
"""

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.site import SiteError

AT_FDCWD, RENAME_EXCHANGE = -100, 2  # Linux
RENAME_SWAP = 2  # macOS
NO_ROOM = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.EFBIG: "a file may not be that large",
    errno.EROFS: "it can only be read",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
}


def swap(staging: Path, site: Path) -> None:
    """Put the new site in the place of the old one."""
    if not site.exists():
        os.replace(staging, site)
    elif exchanged(staging, site):
        shutil.rmtree(staging, ignore_errors=True)
    else:
        old = site.with_name(f"{site.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        os.replace(site, old)
        os.replace(staging, site)
        shutil.rmtree(old, ignore_errors=True)


def recover(staging: Path, site: Path) -> None:
    """Put the old site back if an exchange was interrupted between two renames; remove the rest."""
    old = site.with_name(f"{site.name}.old")
    if old.exists() and not site.exists():
        os.replace(old, site)
    for rest in (old, staging):
        shutil.rmtree(rest, ignore_errors=True)


def exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders at once, where the system can; say whether it did."""
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "linux":
            call = ctypes.CDLL(None).renameat2
            return call(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0
        if sys.platform == "darwin":
            return ctypes.CDLL(None).renamex_np(*names, RENAME_SWAP) == 0
    except AttributeError:  # an older C library
        pass
    return False


@contextlib.contextmanager
def room(folder: Path) -> Iterator[None]:
    """Turn a disk that is full or cannot be written to into a sentence.

    Raises:
        SiteError: that was so.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise SiteError(f"{folder} could not be written: {NO_ROOM[error.errno]}.") from None
