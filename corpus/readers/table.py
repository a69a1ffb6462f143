"""Tables, one article a row, the names of the fields in the first: CSV, spreadsheets and Parquet (two extras)."""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from corpus.readers.record import LARGEST_LINE, Record, Source, UnreadableError, decoded

_DELIMITERS = ",;\t|"
# Excel's first line, which names the delimiter.
_NAMED_DELIMITER = re.compile(r'"?sep=(?P<delimiter>.)"?\s*', re.IGNORECASE)
# A carriage return alone ends the lines of old Macs.
_LONE_RETURN = re.compile(r"(?<=\r)(?!\n)")
# MySQL writes \" for a quotation mark, where CSV doubles it, and \n for a line's end.
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_QUOTE = re.compile(r'\\"(?![\s,;\t|]|$)')
_DOUBLED_QUOTE = re.compile(r'(?<![,;\t|])""(?![,;\t|\r\n]|$)')
_MEANT = {"n": "\n", "r": "\n", "t": "\t", "0": "", "b": "", "Z": ""}
_LINES_LOOKED_AT = 50
# Stands for a line that is too long to be read; the NUL tells it from a line that says so.
_TOO_LONG = f"\0a line of more than {LARGEST_LINE >> 20} MB"
# How Parquet files begin and end, and how the description before the end begins: with the number of its version.
# https://parquet.apache.org/docs/file-format/
_PARQUET, _DESCRIPTION = b"PAR1", b"\x15"


def read_csv(source: Source) -> Iterator[Record]:
    """One record a row, numbered by the line it begins on; a row longer or shorter than the first costs itself alone.

    Columns are divided by whichever of comma, semicolon, tab and bar the first row has most of.
    """
    # Process-wide, and only ever raised: an article is longer than the library's own bound.
    csv.field_size_limit(LARGEST_LINE)
    divided = (_LONE_RETURN.split(line) if line else [_TOO_LONG] for line in source.text_lines())
    lines = (line for several in divided for line in several if line)
    before, first = next(((number, line) for number, line in enumerate(lines) if line.strip()), (0, ""))
    if named := _NAMED_DELIMITER.fullmatch(first):
        yield from _records(_rows(lines, before + 1, named["delimiter"]))
    else:
        delimiter = max(_DELIMITERS, key=first.count)
        yield from _records(_rows(itertools.chain([first], lines), before, delimiter))


def read_sheets(source: Source) -> Iterator[Record]:
    """One record a row of every sheet, the names of the fields in its first row; the home of python-calamine."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.content()))
    first = 1
    for name in book.sheet_names:
        rows = sheet.to_python() if (sheet := book.get_sheet_by_name(name)).height else []
        yield from _records(enumerate(rows, start=first))
        first += len(rows)


def read_parquet(source: Source) -> Iterator[Record]:
    """One record a row of a Parquet file, read a group of rows at a time; the home of fastparquet."""
    content = source.content()
    described = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    whole = content.startswith(_PARQUET) and content.endswith(_PARQUET) and described > 0
    if not whole or not content.startswith(_DESCRIPTION, described):  # The library may look for its end for ever.
        message = "a Parquet file that is cut off or damaged"
        raise UnreadableError(message)
    import fastparquet

    frames = fastparquet.ParquetFile(io.BytesIO(content)).iter_row_groups()
    rows = (row for frame in frames for row in frame.astype(object).where(frame.notna(), None).to_dict("records"))
    for number, row in enumerate(rows, start=1):
        yield Record(number, {str(name): _plain(value) for name, value in row.items()})


def _records(rows: Iterable[tuple[int, Sequence[object] | str]]) -> Iterator[Record]:
    """The records of numbered rows, the first of them the names; a string stands for a row that cannot be read."""
    names: list[str] | None = None
    for number, row in rows:
        if isinstance(row, str):
            yield Record(number, reason=row)
        elif any(value not in ("", None) for value in row):
            if names is None:
                names = [str(name).strip() for name in row]
            elif len(row) < len(names) or any(row[len(names) :]):
                reason = f"{len(row)} columns, but {len(names)} names in the first row; is a quotation mark missing?"
                yield Record(number, reason=reason)
            else:
                yield Record(number, dict(zip(names, row, strict=False)))


def _rows(lines: Iterator[str], before: int, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """The rows by the line they begin on, after some lines `before`; the reason where one is no CSV."""
    seen = list(itertools.islice(lines, _LINES_LOOKED_AT))
    lines = itertools.chain(seen, lines)
    sample = "".join(seen)
    escaped = bool(_ESCAPED_QUOTE.search(sample)) and not _DOUBLED_QUOTE.search(sample)
    if escaped:
        lines = (_ESCAPED.sub(lambda found: '""' if found[1] == '"' else found[0], line) for line in lines)
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        begins = before + rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield begins, f"not CSV: {error}"
        else:
            is_whole = not any(_TOO_LONG in value for value in row)
            row = [_unescaped(value) for value in row] if escaped else row
            yield begins, row if is_whole else f"not CSV: {_TOO_LONG[1:]}"


def _unescaped(value: str) -> str:
    return value if value == r"\N" else _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), value)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return decoded(value)
    return value.tolist() if hasattr(value, "tolist") else value
