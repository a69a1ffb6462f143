"""What a build says on the terminal: which files gave articles, what these lack, problems in groups."""

from corpus import Problem
from index.generations.manifest import FileReport, SyncReport
from index.report import file_lines, problem_lines


def lines(*files: FileReport) -> list[str]:
    return list(file_lines(SyncReport("g", 1, 1, 1, 0, 0, 0, (), 1, 1.0, files=files)))


def test_files_that_gave_one_article_each_are_not_named() -> None:
    assert lines(FileReport("a.txt", 1, 0, 0, 0), FileReport("b.txt", 1, 0, 0, 0)) == []


def test_the_files_with_most_articles_are_named() -> None:
    files = [FileReport(f"{number}.jsonl", 2000 - number, 0, 0, 0) for number in range(9)]

    assert lines(*files) == [
        "Articles by file: 0.jsonl 2,000, 1.jsonl 1,999, 2.jsonl 1,998, 3.jsonl 1,997, 4.jsonl 1,996 and 4 more."
    ]


def test_what_articles_lack_is_counted_with_the_cure() -> None:
    assert lines(FileReport("a.csv", 1, 1, 0, 1), FileReport("b.txt", 1, 0, 0, 1)) == [
        "Articles 1 with no date, 2 with no outlet; where a field of your files holds it:"
        " --field published=NAME --field source=NAME"
    ]


def test_dates_read_month_first_are_named() -> None:
    files = [FileReport(f"{number}.csv", 1, 0, 0, 0, month_first=number % 2) for number in range(4)]

    assert lines(*files) == ["Dates read month-first, as others in the same file prove: 1.csv, 3.csv."]


def test_guessed_dates_are_named() -> None:
    files = [FileReport(f"{how}.html", 1, 0, 0, 0, dated_by={how: 1}) for how in ("guess", "JSON-LD")]

    assert lines(*files) == ["Dates guessed from the markup of pages: guess.html; check them."]


def test_problems_of_one_kind_are_one_line() -> None:
    problems = [
        *(
            Problem("a.jsonl", number, f"not JSON: Expecting value: line 1 column {number}")
            for number in (3, 5, 7, 1200)
        ),
        Problem("b.pdf", None, "cannot be read as .pdf (EOF); is it damaged?"),
        Problem("c.pdf", None, "cannot be read as .pdf (stream); is it damaged?"),
        Problem("d.zip!e.txt", None, "no text"),
    ]

    assert problem_lines([*problems, problems[-1]]) == [
        "7 items could not be read:",
        "  a.jsonl, records 3, 5, 7 and 1 more records: not JSON: Expecting value: line 1 column 3",
        "  b.pdf, c.pdf: cannot be read as .pdf (EOF); is it damaged?",
        "  d.zip!e.txt: no text",
    ]


def test_twenty_kinds_of_problems_are_named_at_most() -> None:
    reasons = [Problem("a.txt", None, "x" * number) for number in range(1, 26)]

    named = problem_lines(reasons)

    assert (named[0], named[-1], len(named)) == (
        "25 items could not be read:",
        "  and 5 other reasons; --json lists them all",
        22,
    )


def test_no_problem_is_no_line() -> None:
    assert problem_lines([]) == []
