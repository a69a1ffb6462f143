"""What the owner of an archive should know: another language, impossible dates, what each file gave and lacks."""

import re
from collections import Counter, defaultdict

from corpus import Article
from corpus.dates import FIRST_NEWS, MONTH_FIRST, today
from corpus.languages import ENGLISH, languages_of
from corpus.message import Message
from index.generations.manifest import FileReport
from index.stores.chunks import file_of

# Articles, spread over the archive, by which its language is recognised.
_SAMPLE = 100
_FIRST_YEAR = str(FIRST_NEWS.year)
# The remarks; they are kept as text, by which the page knows them again.
_OTHER_LANGUAGE = (
    "Most articles are in the language “%(spoken)s”, but sentences and word stems are those of “%(language)s”;"
    " set DATELINE_LANGUAGE=%(spoken)s and run python -m index."
)
_OTHER_MODEL = (
    "The model %(model)s supports only English, but most articles are in “%(spoken)s”; set"
    " DATELINE_MODEL=multilingual and run python -m index --full."
)
_ODD_DAY, _ODD_DAYS = (
    "%(first)s is dated before %(year)s or after today; questions ignore such dates. Correct them in the files.",
    "%(first)s and %(more)s more are dated before %(year)s or after today; questions ignore such dates."
    " Correct them in the files.",
)
# Models that were trained on English only, by their names.
_ENGLISH_MODEL = re.compile(
    r"^(?:all-|multi-qa-|msmarco-|paraphrase-(?!multilingual)|gtr-|sentence-t5)|[-_]en(?:\W|_|$)"
)


class Remarks:
    """Takes note of the articles as they are read, one by one; those in an archive file are its own."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._seen, self._step = 0, 1
        self._odd_days: list[str] = []
        self._files: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
        self._dated_by: dict[str, Counter[str]] = defaultdict(Counter)

    def note(self, article: Article) -> None:
        """Look at the next article."""
        if self._seen % self._step == 0:
            self._texts.append(article.text)
        self._seen += 1
        if len(self._texts) > _SAMPLE:
            self._texts, self._step = self._texts[::2], self._step * 2
        if article.published and not FIRST_NEWS <= article.published <= today():
            self._odd_days.append(f"{article.path} ({article.published})")
        path = file_of(article.path)
        counts = self._files[path]
        lacking = (article.published is None, not article.title, not article.source)
        for position, counted in enumerate((True, *lacking, article.dated_by.endswith(MONTH_FIRST))):
            counts[position] += counted
        if article.dated_by:
            self._dated_by[path][article.dated_by.partition(",")[0]] += 1

    def files(self) -> tuple[FileReport, ...]:
        """What each file gave, those with the most articles first."""
        how = self._dated_by
        reports = [FileReport(path, *counts, dated_by=dict(how[path])) for path, counts in self._files.items()]
        return tuple(sorted(reports, key=lambda report: (-report.articles, report.path)))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the articles, as two letters, that of most first; none where no text is long enough."""
        return languages_of(self._texts)

    def words(self, language: str, model: str) -> tuple[str, ...]:
        """The remarks, one sentence each, which names the cure if there is one."""
        remarks: list[str] = []
        spoken = next(iter(self.languages), "")
        if spoken and spoken != language:
            remarks.append(Message(_OTHER_LANGUAGE, spoken=spoken, language=language))
        name = model.partition("@")[0].rpartition("/")[2]
        if spoken not in ("", ENGLISH) and _ENGLISH_MODEL.search(name):
            remarks.append(Message(_OTHER_MODEL, model=name, spoken=spoken))
        if self._odd_days:
            first, *others = self._odd_days
            remarks.append(Message(_ODD_DAYS if others else _ODD_DAY, first=first, more=len(others), year=_FIRST_YEAR))
        return tuple(remarks)
