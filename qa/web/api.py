"""The verbs of a retriever for programs: what the page's endpoints and the MCP server's tools take and give."""

import functools
import inspect
import itertools
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from corpus import UserError
from corpus.message import without_folders
from qa.retriever import Retriever
from qa.search.quotation import citation, shown
from qa.web.archives import chosen
from qa.web.limits import Asked, Text, checked
from qa.web.model import LanguageModel


class Api:
    """Five verbs with plain parameters, days as YYYY-MM-DD, and JSON back. All raise UserError.

    Their annotations and docstrings are what the endpoints and tools tell of themselves to people and models.
    """

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever
        self.model = LanguageModel.from_environment()
        self.verbs: tuple[Callable[..., object], ...] = (self.ask, self.search, self.article, self.status, self.quote)

    def ask(
        self,
        question: str,
        k: int = 5,
        now: str | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        authors: list[str] | None = None,
        history: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the news archive with up to k passages, word for word, best first.

        "verdict" says whether the archive answers it ("answered" or "not_in_corpus"), with "confidence" and "reasons".
        "timeline" tells "what happened with ..." report by report; "composed" is what a language model wrote from the
        passages, null without one. Quote only what "passages" hold; each has its
        article's title, source, published, url and article_id.
        now: the day the question counts as asked on; since, until: days of publication, inclusive; sources, authors:
        only these outlets and people; history: earlier questions of the conversation, oldest first. Days as YYYY-MM-DD.
        """
        names = {"sources": sources or (), "authors": authors or (), "history": history or ()}
        asked = checked(Asked, question=question, k=k, now=now, since=since, until=until, **names)
        answer = self.retriever.answer(asked)
        return (self.model.compose(answer) if self.model else answer).as_json()

    def search(
        self,
        question: str,
        k: int = 5,
        now: str | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        authors: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Find the k passages of the news archive nearest to a question, best first, whether they answer it or not.

        The question may hold operators: "exact phrase", -word, source:, author:, title:, date:2016-06..2016-07.
        now, since, until, sources and authors are those of ask.
        """
        names = {"sources": sources or (), "authors": authors or ()}
        asked = checked(Asked, question=question, k=k, now=now, since=since, until=until, **names)
        return [passage.as_json() for passage in self.retriever.passages(asked)]

    def article(self, article_id: str) -> dict[str, Any]:
        """Read the whole article of an article_id that ask, search or quote gave; offsets count characters of text."""
        article = self.retriever.article(checked(Text, text=article_id).text)
        return {**citation(article), "text": article.text}

    def status(self) -> dict[str, Any]:
        """Tell what the archive holds: numbers of articles, first and last day, outlets, and the state of the index."""
        status = self.retriever.status()  # without the corpus, a path of this machine
        return shown(status, *(field.name for field in fields(status) if field.name != "corpus"))

    def quote(self, text: str) -> dict[str, Any]:
        """Check a sentence or quotation against the archive, word by word.

        "verdict" is "verbatim" (it stands in "stories" stories, "found" says where, "first" where first), "altered"
        ("diff" tells its words from those printed in "found") or "not_in_corpus" ("nearest" is the most similar
        wording). Case, punctuation and white space do not count; "..." stands for words left out.
        """
        return self.retriever.check_quote(checked(Text, text=text).text).as_json()


def verbs_of(apis: Mapping[str, Api]) -> tuple[Callable[..., Any], ...]:
    """The verbs of one archive as they are; of several, by their names, as verbs that take one more, `archive`."""
    first, *others = apis.values()
    return tuple(_of_several(verb.__name__, apis) for verb in first.verbs) if others else first.verbs


def _of_several(name: str, apis: Mapping[str, Api]) -> Callable[..., Any]:
    """A verb of several archives; each reply names its `archive`.

    Without one all are asked: the likeliest replies, with the `others`; passages come in turn, as scores do not
    compare.
    """
    one = getattr(next(iter(apis.values())), name)
    parameter = inspect.Parameter("archive", inspect.Parameter.POSITIONAL_OR_KEYWORD, default="", annotation=str)
    plain = inspect.signature(one)
    signature = plain.replace(parameters=[*plain.parameters.values(), parameter])

    def called(*given: object, **named: object) -> object:
        asked = signature.bind(*given, **named)
        archive = str(asked.arguments.pop("archive", ""))
        return _together(name, chosen(apis, archive), asked)

    called.__name__, called.__annotations__ = name, {**one.__annotations__, "archive": str}
    called.__doc__ = f"{inspect.getdoc(one)}\n\narchive: only this one of {', '.join(apis)}; without it all are asked."
    called.__signature__ = signature  # type: ignore[attr-defined]
    return called


def _together(name: str, apis: Mapping[str, Api], asked: inspect.BoundArguments) -> object:
    replies, refused = {}, None
    for archive, api in apis.items():
        try:
            replies[archive] = getattr(api, name)(*asked.args, **asked.kwargs)
        except UserError as error:
            refused = error
    if refused and (name != "article" or not replies):
        raise refused
    if name == "search":
        ranked = [[{**passage, "archive": archive} for passage in found] for archive, found in replies.items()]
        k = asked.arguments.get("k", inspect.signature(Api.search).parameters["k"].default)
        return [passage for row in itertools.zip_longest(*ranked) for passage in row if passage][:k]
    first, *others = sorted(
        ({**reply, "archive": archive} for archive, reply in replies.items()),
        key=lambda reply: -reply.get("confidence", reply.get("similarity", 0.0)),
    )
    return {**first, "others": others} if len(apis) > 1 else first


def with_error(verb: Callable[..., object], error: Callable[[str], Exception]) -> Callable[..., object]:
    """The verb with UserError as another error, which brings its sentence to the caller, without any folder."""

    @functools.wraps(verb)
    def called(*arguments: object, **options: object) -> object:
        try:
            return verb(*arguments, **options)
        except UserError as refused:
            raise error(without_folders(str(refused))) from refused

    return called
