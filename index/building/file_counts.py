"""What each file gave: its articles, and how many of them lack a day, a headline or an outlet."""

from collections import defaultdict

from corpus import Article
from corpus.dates import MONTH_FIRST
from index.generations.manifest import FileReport


class FileCounts:
    """Counts the articles as they are read."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._files: dict[str, list[int]] = defaultdict(lambda: [0] * 5)

    def note(self, article: Article) -> None:
        """Take note of an article; those in an archive are its own."""
        counts = self._files[article.path.partition("!")[0]]
        lacking = (article.published is None, not article.title, not article.source)
        for place, counted in enumerate((True, *lacking, article.dated_by.endswith(MONTH_FIRST))):
            counts[place] += counted

    def reports(self) -> tuple[FileReport, ...]:
        """One for each file that gave an article, those with the most articles first."""
        reports = [FileReport(path, *counts) for path, counts in self._files.items()]
        return tuple(sorted(reports, key=lambda report: (-report.articles, report.path)))
