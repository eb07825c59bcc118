"""Files in and out: readers for other people's formats (`formats`, a module each), and the portable archive of a namespace (`archive`)."""

from memos.interchange.archive import (
    ArchiveReport,
    all_records,
    export_archive,
    import_archive,
    verify_archive,
)
from memos.interchange.formats import FORMATS, detect_format, read_drafts

__all__ = [
    "FORMATS",
    "ArchiveReport",
    "all_records",
    "detect_format",
    "export_archive",
    "import_archive",
    "read_drafts",
    "verify_archive",
]
