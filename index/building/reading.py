"""A corpus folder into the articles of a generation, cleaned and tied into stories once all are read."""

from collections.abc import Callable, Container

from corpus import Problem, Settings, read_folder
from corpus.boilerplate import Boilerplate
from corpus.stories import Stories, signature
from index.building.remarks import Remarks
from index.stores.articles import ArticleStore


def read_articles(
    settings: Settings,
    store: ArticleStore,
    previous: ArticleStore | None,
    remarks: Remarks,
    progress: Callable[[int, int], None],
    left_out: Container[str] = (),
) -> list[Problem]:
    """Fill the store, and return the files and records that could not be read. `progress` as `read_folder`.

    Articles whose id or path is in `left_out` are skipped. Signatures of known texts come from the `previous` store.
    """
    problems = []
    boilerplate = Boilerplate()
    for found in read_folder(settings.corpus, progress, settings.reading):
        if isinstance(found, Problem):
            problems.append(found)
        elif found.id not in left_out and found.path not in left_out:
            store.add(found)
            boilerplate.count(found)
    store.settle()
    _clean_and_tie(store, previous, boilerplate, remarks)
    return problems


def _clean_and_tie(
    store: ArticleStore, previous: ArticleStore | None, boilerplate: Boilerplate, remarks: Remarks
) -> None:
    """Do to the articles what can only be done once all are read."""
    stories = Stories()
    numbers: dict[str, int] = {}
    for number, article in enumerate(store.articles()):
        cleaned = boilerplate.without(article)
        if cleaned is not article:
            store.replace_text(cleaned)
        found = (previous and previous.signature(cleaned.text)) or signature(cleaned.text)
        store.keep_signature(cleaned.text, found)
        stories.add(found)
        remarks.note(cleaned)
        numbers[article.id] = number
    told = store.stories()
    for number, story in enumerate(told):
        stories.tie(number, numbers[story])
    ids = list(numbers)
    for number, story in enumerate(told):
        if (first := ids[stories.first(number)]) != story:
            store.tie(ids[number], first)
