"""What the reader is fitted to: questions on their own passages, on those with the answer cut out, and on others.

From the question alone a classifier tells most written questions that are not answered from those that are. So half of
the lessons are controls: the same question on its passage without the answering sentences, and on passages near it.
"""

import gzip
import itertools
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.months import MONTHS, WEEKDAYS
from corpus.sentences import Span, passage_sentences
from corpus.settings import BUNDLED_MODEL
from index.models.embedder import SentenceTransformerEmbedder
from qa.findings.mentions import mentions
from qa.question.english import YEAR, Name

TRAIN, VALIDATION = "train", "validation"
NOTHING = (0, 0)
_WINDOW = 800  # Characters of a passage taken from an archive, as long as a chunk of the product.
_NEAR, _LOOKED_AT = 8, 40
_FOLDS = 5
# How much of a question's style counts, in log-odds.
_MOST_STYLE = 3.0
# How often an epoch sees the questions of a kind that is harder, or easier, to read than the others.
_OFTEN = {
    "plain": 2.0,
    "said": 2.0,
    "two": 2.0,
    "other": 2.0,
    "twin": 2.0,
    "asked": 2.0,
    "premise": 1.5,
    "othertime": 0.8,
    "elsewhere": 0.8,
}
# Of the passages a question is put to beside its own: the cut one, one near it; the rest is any passage.
# Where those near it were judged by hand not to answer, fewer are cut, and none is any passage.
_CUT, _NEARBY, _CUT_OF_JUDGED = 0.5, 0.93, 0.25
_WITHOUT_DATE, _NOT_QUESTIONS = 0.5, 0.02
# How many controls have a name, number or day exchanged that the question shares, and how many own passages, there in
# the question as well, so that a strange name alone tells nothing. How many of the other names are the passage's own.
_EXCHANGED, _RENAMED, _OF_THE_PASSAGE = 0.25, 0.15, 0.3
# How many controls of a question that has a false twin are that twin.
_TWIN = 0.75
_LEAST_LEFT = 3
# How many questions are put after a sentence of the passage that does not answer, of so many words at most: as quizzes
# do, which first say what happened.
_AFTER_A_SENTENCE, _MOST_WORDS = 0.1, 30
# A passage that lost its answer reads unevenly; so that this tells nothing, half of the others lose a third as well.
_SHORTENED, _LOST = 0.5, 1 / 3
_NOT_QUESTIONS_FILE = Path(__file__).with_name("not_questions.txt")


# The names in questions, those alike together.
Names = Mapping[tuple[int, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Text:
    """A passage as the reader gets it."""

    article: str
    title: str
    published: date | None
    sentences: tuple[str, ...]

    @property
    def whole(self) -> str:
        """Headline and sentences, to search in."""
        return "\n".join((self.title, *self.sentences))


@dataclass(frozen=True, slots=True)
class Twin:
    """A question that differs from one that the passage answers only in its [start, end), which the passage denies."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a passage: which sentences answer (none: not answered there), and in which words.

    `near` are passages that do not answer it: judged so where the question was asked of an archive, else found.
    """

    text: str
    passage: Text
    sentences: tuple[int, ...]
    answer: str
    kind: str
    split: str
    style: float = 0.0
    near: tuple[Text, ...] = field(default=(), repr=False)
    twin: Twin | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question put to a passage: the sentences that answer there, if any, and what its style says, in log-odds.

    `doubted` is the mention, [start, end) of the question, of which the passage reports nothing, while `nearly` would
    answer for another; NOTHING where there is none, None where that is not known.
    """

    question: str
    passage: Text
    sentences: tuple[int, ...] = ()
    answer: str = ""
    style: float = 0.0
    doubted: Span | None = None
    nearly: tuple[int, ...] = ()

    def unanswered(self, doubted: Span) -> "Lesson":
        """The lesson where nothing answers, since what is doubted, [start, end) of the question, stands in its way."""
        return replace(self, sentences=(), answer="", nearly=self.sentences, doubted=doubted)

    def after(self, sentence: str) -> "Lesson":
        """The lesson with a sentence before its question."""
        if not sentence:
            return self
        moved = len(sentence) + 1
        start, end = self.doubted or NOTHING
        doubted = (start + moved, end + moved) if end else self.doubted
        return replace(self, question=f"{sentence} {self.question}", doubted=doubted)


def rows(file: Path) -> Iterator[dict[str, object]]:
    """The objects of a JSON-lines file, packed with gzip or not."""
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def written_questions(passages: Path, questions: Path) -> list[Question]:
    """The questions of whole passages; those of badly cut ones are left out.

    One "asked" of an archive, whose passages were judged one by one, has those near it that do not answer.
    """
    texts = {row["passage"]: _text(row) for row in rows(passages)}
    found = [
        Question(
            str(row["question"]),
            texts[row["passage"]],
            tuple(row["sentences"]),  # type: ignore[arg-type]
            str(row["answer"]),
            str(row["kind"]),
            str(row["split"]),
            twin=_twin(str(row["false"]), str(row["exchanged"])) if "false" in row else None,
        )
        for row in rows(questions)
        if not badly_cut(texts[row["passage"]])
    ]
    asked = itertools.groupby(sorted(found, key=_asked), key=_asked)
    return [each for text, group in asked for each in (_judged(list(group)) if text else group)]


def _asked(question: Question) -> str:
    """The text of a question that was asked of an archive; empty of one written on its passage."""
    return question.text if question.kind == "asked" else ""


def _judged(questions: Sequence[Question]) -> list[Question]:
    """One question on several passages: on each that answers, or on the first where none does, the others near it."""
    missed = [each for each in questions if not each.sentences]
    near = tuple(each.passage for each in missed)
    if len(missed) == len(questions):
        return [replace(missed[0], near=near)]
    return [replace(each, near=near) for each in questions if each.sentences]


def _twin(text: str, exchanged: str) -> Twin:
    start = text.index(exchanged)
    return Twin(text, start, start + len(exchanged))


def badly_cut(text: Text) -> bool:
    """Whether a sentence ends with a mark that opens a quotation, or begins with one that closes it."""
    return any(
        sentence.endswith(("“", "‘", "(", ' "', " '")) or sentence.startswith(("”", '" '))
        for sentence in text.sentences
    )


def without_answer(question: Question) -> Text | None:
    """The passage without the sentences that answer; None where the answer stands elsewhere too, or little is left."""
    passage, answer = question.passage, question.answer.casefold()
    left = tuple(each for place, each in enumerate(passage.sentences) if place not in question.sentences)
    cut = replace(passage, sentences=left)
    return None if len(left) < _LEAST_LEFT or answer in cut.whole.casefold() else cut


def archive_texts(file: Path) -> list[Text]:
    """All passages of an archive: runs of whole sentences of up to 800 characters."""
    found = []
    for row in rows(file):
        text, title = str(row["text"]), str(row.get("title") or "")
        article = str(row.get("url") or row.get("id"))
        published = _date(row.get("published"))
        run: list[str] = []
        for start, end in (*passage_sentences(text), (len(text), len(text))):
            sentence = " ".join(text[start:end].split())
            if run and (not sentence or sum(map(len, run)) + len(sentence) > _WINDOW):
                found.append(Text(article, title, published, tuple(run)))
                run = []
            run.append(sentence)
    return found


def with_style(questions: Sequence[Question]) -> list[Question]:
    """The questions with the log-odds that their own words alone say "not answered", at most 3 either way.

    Out of fold: said of a passage's questions by a classifier that saw none of them; of those for validation by one
    that saw those to train.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline, make_union

    texts = np.array([each.text for each in questions], object)
    missed = np.array([not each.sentences for each in questions])
    train = np.flatnonzero([each.split == TRAIN for each in questions])
    others = np.flatnonzero([each.split != TRAIN for each in questions])
    groups = [questions[place].passage.article for place in train.tolist()]
    style = np.zeros(len(questions))
    folds = [(train[a], train[b]) for a, b in GroupKFold(_FOLDS).split(train, groups=groups)]
    for seen, said in [*folds, (train, others)]:
        if len(said):
            words = TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True)
            letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=3, sublinear_tf=True)
            model = make_pipeline(make_union(words, letters), LogisticRegression(C=2, max_iter=200))
            style[said] = model.fit(texts[seen], missed[seen]).decision_function(texts[said])
    style = np.clip(style, -_MOST_STYLE, _MOST_STYLE)
    return [replace(each, style=float(value)) for each, value in zip(questions, style, strict=True)]


def with_near(questions: Sequence[Question], archives: Sequence[Sequence[Text]]) -> list[Question]:
    """The questions with passages near them that do not hold the answer's words, where none were judged.

    By meaning from the passages that others were written on; for training also by words from the archives.
    """
    written = list({id(each.passage): each.passage for each in questions}.values())
    embedder = SentenceTransformerEmbedder(BUNDLED_MODEL)
    asked = embedder.encode([each.text for each in questions])
    told = embedder.encode([each.whole for each in written])
    found = [
        list(_allowed(question, order, written))
        for question, order in zip(questions, _best(asked @ told.T), strict=True)
    ]
    held = {each.passage.article for each in questions if each.split != TRAIN}
    for texts in archives:
        known = {text.article for text in texts}
        pool = [text for text in texts if text.article not in held]
        places = [
            place for place, each in enumerate(questions) if each.split == TRAIN and each.passage.article in known
        ]
        for place, order in zip(places, _by_words([questions[place].text for place in places], pool), strict=True):
            found[place] += _allowed(questions[place], order, pool)
    return [replace(each, near=each.near or tuple(near)) for each, near in zip(questions, found, strict=True)]


def _allowed(question: Question, order: NDArray[np.int64], texts: Sequence[Text]) -> list[Text]:
    """The first 8 of some texts that are of another article and do not hold the answer."""
    answer, own = question.answer.casefold(), question.passage
    wire = own.article.startswith("reuters-")
    return [
        text
        for text in (texts[place] for place in order)
        if text.title != own.title
        and text.article != own.article
        and text.article.startswith("reuters-") == wire
        and not (answer and answer in text.whole.casefold())
    ][:_NEAR]


def _by_words(questions: Sequence[str], texts: Sequence[Text]) -> Iterator[NDArray[np.int64]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2, dtype=np.float32)
    told = words.fit_transform([text.whole for text in texts]).T.tocsr()
    for first in range(0, len(questions), 256):
        yield from _best((words.transform(questions[first : first + 256]) @ told).toarray())


def _best(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """The places of the highest 40 of each row, highest first."""
    if scores.shape[1] <= _LOOKED_AT:
        return np.argsort(-scores, axis=1)
    top = np.argpartition(-scores, _LOOKED_AT, axis=1)[:, :_LOOKED_AT]
    return np.take_along_axis(top, np.argsort(-np.take_along_axis(scores, top, 1), axis=1), 1)


def epoch(questions: Sequence[Question], seed: int, exchange: bool = False) -> list[tuple[Lesson, ...]]:
    """One pass over the questions, in any order: one lesson, or an answered one and its control.

    With `exchange` some controls are the own passage with another name or number for one of the question's. What is
    drawn depends on the seed alone.
    """
    drawn = random.Random(seed)
    texts = list({id(each.passage): each.passage for each in questions}.values())
    names = _names(questions) if exchange else {}
    groups: list[tuple[Lesson, ...]] = []
    for question in questions:
        often = _OFTEN.get(question.kind, 1.0)
        times = int(often) + (drawn.random() < often % 1)
        groups += [_group(question, texts, names, drawn) for _ in range(times)]
    strange = _NOT_QUESTIONS_FILE.read_text("utf-8").splitlines()
    for _ in range(int(_NOT_QUESTIONS * len(groups))):
        said = drawn.choice(strange) if drawn.random() < 0.5 else _gibberish(drawn)
        groups.append((_dated(Lesson(said, drawn.choice(texts)), drawn),))
    drawn.shuffle(groups)
    return groups


def _names(questions: Sequence[Question]) -> Names:
    found: dict[tuple[int, str], set[str]] = {}
    for each in questions:
        for mention in mentions(each.text):
            if mention.kind == "name":
                found.setdefault(_likeness(mention.words), set()).add(mention.words)
    return {alike: sorted(named) for alike, named in found.items()}


def _likeness(name: str) -> tuple[int, str]:
    """How many words a name has, and the likeliest kind of what it stands for."""
    return len(name.split()), Name(name, 0, len(name), "").kind


def _group(question: Question, texts: Sequence[Text], names: Names, drawn: random.Random) -> tuple[Lesson, ...]:
    own = Lesson(question.text, question.passage, question.sentences, question.answer, question.style, doubted=NOTHING)
    if not question.sentences:
        passage = _hard(question.near, drawn) if question.kind == "asked" else question.passage
        own = replace(own, passage=passage, doubted=_written_premise(question))
        return (_shortened(_dated(own, drawn), drawn),)
    control = None
    if (twin := question.twin) and drawn.random() < _TWIN:
        control = replace(own.unanswered((twin.start, twin.end)), question=twin.text)
    elif names and drawn.random() < _EXCHANGED and (exchange := _exchange(own, names, drawn)):
        control = exchange.doubted(own)
    control = control or _control(question, texts, drawn)
    if names and drawn.random() < _RENAMED and (exchange := _exchange(own, names, drawn, inside=False)):
        own = replace(exchange.in_passage(own), question=exchange.changed(own.question))
    if drawn.random() < _AFTER_A_SENTENCE:
        first = _sentence_before(own, drawn)
        own, control = own.after(first), control.after(first)
    return (_shortened(_dated(own, drawn), drawn), _shortened(_dated(control, drawn), drawn))


def _written_premise(question: Question) -> Span | None:
    """The one name, number or day of a written false premise that its passage does not have; None where unknown."""
    strange = [
        mention
        for mention in mentions(question.text)
        if question.kind == "premise" and mention.words.casefold() not in question.passage.whole.casefold()
    ]
    return (strange[0].start, strange[0].end) if len(strange) == 1 else None


def _sentence_before(own: Lesson, drawn: random.Random) -> str:
    """One of the passage's first three sentences that does not answer and is short; empty where there is none."""
    said = [
        sentence
        for place, sentence in enumerate(own.passage.sentences[:3])
        if place not in own.sentences and len(sentence.split()) <= _MOST_WORDS and own.answer not in sentence
    ]
    return drawn.choice(said) if said else ""


def _control(question: Question, texts: Sequence[Text], drawn: random.Random) -> Lesson:
    """The question on its passage without the answer, on one near it, or on any."""
    kind, judged = drawn.random(), question.kind == "asked" and bool(question.near)
    cut = without_answer(question) if kind < (_CUT_OF_JUDGED if judged else _CUT) else None
    if judged:
        near = _hard(question.near, drawn)
    else:
        near = drawn.choice(question.near) if kind < _NEARBY and question.near else drawn.choice(texts)
        if near.article == question.passage.article and question.near:
            near = question.near[0]
    return Lesson(question.text, cut or near, style=question.style, doubted=NOTHING)


def _hard(near: Sequence[Text], drawn: random.Random) -> Text:
    """One of the passages judged not to answer, rather one of the first: those mislead a reader most."""
    return near[min(drawn.randrange(len(near)), drawn.randrange(len(near)))]


@dataclass(frozen=True, slots=True)
class _Exchange:
    """Other words for those of a mention, at [start, end) of a question."""

    start: int
    end: int
    words: Mapping[str, str]
    in_question: bool
    is_day: bool

    def changed(self, text: str) -> str:
        """The text with the other words, in capitals where the first ones were."""
        found = re.compile(rf"\b(?:{'|'.join(map(re.escape, self.words))})\b", re.IGNORECASE)
        others = {word.casefold(): other for word, other in self.words.items()}

        def other(match: re.Match[str]) -> str:
            word = others[match[0].casefold()]
            return word.upper() if match[0].isupper() and not match[0].isdigit() else word

        return found.sub(other, text)

    def in_passage(self, own: Lesson) -> Lesson:
        """The lesson with the other words in its passage; without its day where those are of a day."""
        title, *sentences = map(self.changed, (own.passage.title, *own.passage.sentences))
        published = None if self.is_day else own.passage.published
        return replace(own, passage=replace(own.passage, title=title, published=published, sentences=tuple(sentences)))

    def doubted(self, own: Lesson) -> Lesson:
        """The lesson with the other words in question or passage: nothing answers, and the mention is doubted."""
        missed = own.unanswered((self.start, self.end))
        if not self.in_question:
            return self.in_passage(missed)
        start = len(self.changed(own.question[: self.start]))
        end = start + len(self.changed(own.question[self.start : self.end]))
        return replace(missed, question=self.changed(own.question), doubted=(start, end))


def _exchange(own: Lesson, names: Names, drawn: random.Random, inside: bool = True) -> _Exchange | None:
    """Another name, number or day for one that question and passage share and that is not part of the answer.

    A name of the same kind and as many words: with `inside`, three times in ten one of the passage's own that does not
    stand in the sentences that answer. None where there is no such mention, or the passage has the other one.
    """
    whole, asked = own.passage.whole, mentions(own.question)
    shared = [each for each in asked if _stands(each.words.split()[-1], whole) and each.words not in own.answer]
    if not shared:
        return None
    mention = drawn.choice(shared)
    if mention.kind != "name":
        word = drawn.choice(re.findall(r"[^\W\d_]+|\d+", mention.words))
        other = _other_word(word, drawn)
        if not _stands(word, whole) or _stands(other, whole):
            return None
        return _Exchange(mention.start, mention.end, {word: other}, drawn.random() < 0.5, mention.kind == "day")
    parts = mention.words.split()
    used = own.question + own.answer + "".join(own.passage.sentences[place] for place in own.sentences)
    within = [
        each.words
        for each in mentions(whole)
        if each.kind == "name" and _likeness(each.words) == _likeness(mention.words)
    ]
    within = [each for each in within if not any(_stands(part, used) for part in each.split())]
    if inside and within and drawn.random() < _OF_THE_PASSAGE:
        words = dict(zip(parts, drawn.choice(within).split(), strict=True))
        return _Exchange(mention.start, mention.end, words, True, False)
    other = drawn.choice(names[_likeness(mention.words)])
    if any(_stands(part, whole) for part in other.split()):
        return None
    words = dict(zip(parts, other.split(), strict=True))
    return _Exchange(mention.start, mention.end, words, drawn.random() < 0.5, False)


def _stands(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None


def _other_word(word: str, drawn: random.Random) -> str:
    """Another month, weekday, year (up to four years away) or number (one digit another)."""
    for named in (MONTHS, WEEKDAYS):
        if word.casefold() in named:
            return drawn.choice([each for each in named if each != word.casefold()]).capitalize()
    if YEAR.fullmatch(word):
        return str(int(word) + drawn.choice([-4, -3, -2, -1, 1, 2, 3, 4]))
    place = drawn.randrange(len(word))
    return word[:place] + drawn.choice([each for each in "123456789" if each != word[place]]) + word[place + 1 :]


def _dated(lesson: Lesson, drawn: random.Random) -> Lesson:
    """Half of the passages lose their date: archives have undated articles."""
    if drawn.random() >= _WITHOUT_DATE:
        return lesson
    return replace(lesson, passage=replace(lesson.passage, published=None))


def _shortened(lesson: Lesson, drawn: random.Random) -> Lesson:
    """Half of the passages lose a third of the sentences that do not answer."""
    passage = lesson.passage
    needed = lesson.sentences or lesson.nearly
    others = [place for place in range(len(passage.sentences)) if place not in needed]
    count = min(round(_LOST * len(others)), len(passage.sentences) - _LEAST_LEFT)
    if count <= 0 or drawn.random() >= _SHORTENED:
        return lesson
    lost = set(drawn.sample(others, count))
    left = [place for place in range(len(passage.sentences)) if place not in lost]
    shorter = replace(passage, sentences=tuple(passage.sentences[place] for place in left))
    sentences, nearly = (tuple(map(left.index, places)) for places in (lesson.sentences, lesson.nearly))
    return replace(lesson, passage=shorter, sentences=sentences, nearly=nearly)


def _gibberish(drawn: random.Random) -> str:
    """Some words of random letters."""
    letters = "abcdefghijklmnopqrstuvwxyz" if drawn.random() < 0.8 else "0123456789"
    return " ".join("".join(drawn.choices(letters, k=drawn.randint(1, 9))) for _ in range(drawn.randint(1, 7)))


def _text(row: dict[str, object]) -> Text:
    sentences = tuple(map(str, row["sentences"]))  # type: ignore[call-overload]
    return Text(str(row["article"]), str(row["title"]), _date(row["published"]), sentences)


def _date(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
