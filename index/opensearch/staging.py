"""What a build has read, on the builder's own disk: articles, cleaned, with what tells their stories apart."""

import contextlib
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from corpus import Problem, Settings, read_folder
from corpus.apart import Apart
from corpus.cleaning import Boilerplate
from corpus.stories import Signature, Stories, signature
from index.building.embedding import Progress
from index.building.remarks import Remarks
from index.generations.forgotten import forgotten
from index.opensearch.documents import base_of
from index.stores.articles import ArticleStore

_READ = 0.1  # Where reading ends on the progress bar.


class Staging:
    """The articles of some files, each with an id of its own, in order of id in `articles`.

    `files` are the files that hold a record of an id, versions of it included; `signatures` go by id.
    """

    def __init__(self, articles: ArticleStore, habits: Mapping[str, list[str]] | None) -> None:
        """Use `staged`."""
        self.articles = articles
        self.boilerplate = Boilerplate(habits)
        self.remarks = Remarks()
        self.problems: dict[str, list[Problem]] = defaultdict(list)
        self.files: dict[str, set[str]] = defaultdict(set)
        self.signatures: dict[str, Signature] = {}

    def read(
        self, settings: Settings, only: Collection[str] | None, bases: Collection[str], progress: Progress
    ) -> None:
        """Read those files, all with None; where there are `bases`, no records of other ids."""
        left_out = frozenset(forgotten(settings.index))

        def tell(done: int, size: int) -> None:
            progress(_READ * done / max(size, 1), "Reading")

        with Apart() as apart:
            for found in read_folder(settings.corpus, tell, settings.reading, apart.read, only):
                file = found.path.partition("!")[0]
                if isinstance(found, Problem):
                    self.problems[file].append(found)
                elif not {found.id, found.path} & left_out and (not bases or base_of(found.id) in bases):
                    self.articles.add(found)
                    self.boilerplate.count(found)
                    self.remarks.note(found)
                    self.files[base_of(found.id)].add(file)
        self.articles.settle()
        for article in self.articles.articles():
            cleaned = self.boilerplate.without(article)
            if cleaned is not article:
                self.articles.replace_text(cleaned)
            self.signatures[article.id] = signature(cleaned.text)


@contextlib.contextmanager
def staged(folder: Path, habits: Mapping[str, list[str]] | None) -> Iterator[Staging]:
    """A place to read into, deleted in the end. `habits` are the outlets' boilerplate, None counts it anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with contextlib.closing(ArticleStore.create(folder / "articles.db")) as articles:
            yield Staging(articles, habits)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def told_stories(signatures: Mapping[str, Signature]) -> dict[str, str]:
    """The story of each article, as the id of the first in order of id that tells it."""
    stories, ids = Stories(), sorted(signatures)
    numbers = {name: number for number, name in enumerate(ids)}
    for name in ids:
        stories.add(signatures[name])
        if base_of(name) in numbers:
            stories.tie(numbers[name], numbers[base_of(name)])
    return {name: ids[stories.first(number)] for name, number in numbers.items()}
