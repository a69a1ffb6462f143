"""Tables of spreadsheets (.xlsx, .xls, .ods) and Parquet files: one article a row. Each has an extra package."""

import io
from collections.abc import Iterator

from corpus.readers.record import Record, Source, UnreadableError, decoded
from corpus.readers.table import row_records

# How Parquet files begin and end.
_PARQUET = b"PAR1"


def read_sheets(source: Source) -> Iterator[Record]:
    """One record a row of every sheet, the names of the fields in its first row; the home of python-calamine."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.content()))
        sheets = [sheet.to_python() for name in book.sheet_names if (sheet := book.get_sheet_by_name(name)).height]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        message = f"a damaged or locked spreadsheet, or none ({' '.join(str(error).split())[:80]})"
        raise UnreadableError(message) from error
    before = 0
    for rows in sheets:
        yield from row_records(enumerate(rows, start=before + 1))
        before += len(rows)


def read_parquet(source: Source) -> Iterator[Record]:
    """One record a row of a Parquet file, read a group of rows at a time; the home of fastparquet."""
    import fastparquet

    content = source.content()
    footer = int.from_bytes(content[-8:-4], "little")
    if content[-4:] != _PARQUET or footer > len(content):  # The library may look for its end for ever.
        message = "a Parquet file that is cut off or damaged"
        raise UnreadableError(message)
    number = 0
    for frame in fastparquet.ParquetFile(io.BytesIO(content)).iter_row_groups():
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            number += 1
            yield Record(number, {str(name): _plain(value) for name, value in row.items()})


def _plain(value: object) -> object:
    """A value as Python has it: numpy's lists are lists, and bytes words."""
    if isinstance(value, bytes):
        return decoded(value)
    return value.tolist() if hasattr(value, "tolist") else value
