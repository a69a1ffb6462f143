"""CSV: one article a row, the names of the fields in the first."""

import csv
import itertools
from collections.abc import Iterator

from corpus.readers.record import LARGEST_LINE, Record, Source

_DELIMITERS = ",;\t|"


def read_csv(source: Source) -> Iterator[Record]:
    """One record a row, numbered by the line it begins on; a row longer or shorter than the first costs itself alone.

    Columns are divided by whichever of comma, semicolon, tab and bar the first row has most of.
    """
    # Process-wide, and only ever raised: an article is longer than the library's own bound.
    csv.field_size_limit(LARGEST_LINE)
    lines = (line or "" for line in source.text_lines())
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    rows = csv.reader(itertools.chain([first], lines), delimiter=delimiter)
    names = [name.strip() for name in next(rows, [])]
    begins = rows.line_num + 1
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(begins, reason=f"not CSV: {error}")
        else:
            if any(row):
                yield _record(begins, names, row)
        begins = rows.line_num + 1


def _record(line: int, names: list[str], row: list[str]) -> Record:
    if len(row) < len(names) or any(row[len(names) :]):
        reason = f"{len(row)} columns, but {len(names)} names in the first row; is a quotation mark missing?"
        return Record(line, reason=reason)
    return Record(line, dict(zip(names, row, strict=False)))
