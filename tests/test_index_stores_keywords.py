"""The keyword index against BM25 written down from its formula, and filters against plain Python."""

import json
import math
import random
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from archives import write
from hashing_embedder import HashingEmbedder

from corpus import Article
from index import sync
from index.archive import Filter, Words
from index.generations.generation import Generation
from index.local import LocalArchive
from index.stores.keywords import FIELDS, KeywordIndex, write_keywords
from index.terms import Field, TermTexts
from qa.search.ranking import bm25 as computed
from qa.search.ranking import kept_length

OPEN = Filter()
K1, B = 1.2, 0.75

# Headline and text; no word here is changed by stemming.
FIVE = [
    ("memo", "syria memo"),
    ("syria", "vote vote vote syria"),
    ("", "vote in britain"),
    ("vote", "rio"),
    ("juno", "juno in orbit round jupiter in july"),
]


def keywords_of(folder: Path, entries: Sequence[tuple[str, str]], language: str = "en") -> KeywordIndex:
    folder.mkdir(exist_ok=True)
    articles = [Article(id=str(row), title=title, text=text) for row, (title, text) in enumerate(entries)]
    write_keywords(folder, language, [(row, article, 0, len(article.text)) for row, article in enumerate(articles)])
    return KeywordIndex(folder, language)


def bm25(terms: Sequence[str], entries: Sequence[Sequence[list[str]]]) -> list[float]:
    """Sum over fields and terms of idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length)).

    `entries` are the words of each field of each chunk; idf = ln(1 + (n - f + 0.5) / (f + 0.5)), f of n chunks holding
    the term in that field (Robertson and Zaragoza 2009, with Lucene's 1 + in the idf).
    """
    scores = [0.0] * len(entries)
    for field in range(len(entries[0])):
        texts = [entry[field] for entry in entries]
        mean = sum(map(len, texts)) / len(texts)
        for term in terms:
            holding = sum(term in text for text in texts)
            idf = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
            for row, text in enumerate(texts):
                if frequency := text.count(term):
                    norm = K1 * (1 - B + B * kept_length(len(text)) / mean)
                    scores[row] += idf * frequency * (K1 + 1) / (frequency + norm)
    return scores


def ranked(keywords: KeywordIndex, terms: Sequence[str], fields: Sequence[Field] = FIELDS) -> list[float]:
    """The score of every chunk as ranking computes it, from the terms that are kept beside the index."""
    texts = keywords.texts(np.arange(keywords.chunks))
    of_fields = [
        computed(terms, TermTexts([body if field == "body" else title for title, body in texts]), keywords, field)
        for field in fields
    ]
    return [float(score) for score in sum(of_fields)]


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> KeywordIndex:
    return keywords_of(tmp_path_factory.mktemp("five"), FIVE)


@pytest.mark.parametrize(
    "question", ["vote", "syria", "in", "syria vote", "vote vote", "juno orbit", "memo absent", "absent"]
)
def test_scores_are_bm25(five: KeywordIndex, question: str) -> None:
    terms = question.split()
    expected = bm25(terms, [(title.split(), text.split()) for title, text in FIVE])

    rows, scores = five.search(terms, 10, OPEN)

    assert five.terms(question) == terms
    assert rows.tolist() == sorted(
        (row for row, score in enumerate(expected) if score), key=lambda row: (-expected[row], row)
    )
    # Lengths up to 40 words are kept exactly: only float32 is between the two.
    np.testing.assert_allclose(scores, [expected[row] for row in rows], rtol=1e-5)
    np.testing.assert_allclose(ranked(five, terms), expected, rtol=1e-5)


def test_one_score_by_hand(five: KeywordIndex) -> None:
    """ "rio" is in the text of one chunk of five, one word long; the texts have 17 words, 3.4 on average."""
    idf = math.log(1 + (5 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 1 / 3.4))
    rows, scores = five.search(["rio"], 1, OPEN)
    assert rows.tolist() == [3]
    assert scores[0] == pytest.approx(expected, rel=1e-6)
    assert expected == pytest.approx(1.949, abs=0.001)


@pytest.mark.parametrize("field", FIELDS)
def test_scores_of_one_field(five: KeywordIndex, field: Field) -> None:
    place = FIELDS.index(field)
    expected = bm25(["vote", "syria"], [(entry[place].split(),) for entry in FIVE])
    np.testing.assert_allclose(ranked(five, ["vote", "syria"], [field]), expected, rtol=1e-5)


def test_long_texts_are_scored_by_lengths_that_are_rounded_down(tmp_path: Path) -> None:
    """At most a ninth of a length is lost, so that scores are at most 12 % above BM25 with exact lengths."""
    entries = [("", f"memo {'word ' * length}") for length in (0, 39, 40, 41, 56, 71, 72, 89, 199, 230, 1999)]
    keywords = keywords_of(tmp_path / "long", entries)
    expected = bm25(["memo"], [(title.split(), text.split()) for title, text in entries])
    rows, scores = keywords.search(["memo"], len(entries), OPEN)
    assert rows.tolist() == list(range(len(entries)))
    np.testing.assert_allclose(scores, expected, rtol=1e-5)
    np.testing.assert_allclose(ranked(keywords, ["memo"]), expected, rtol=1e-5)
    assert [kept_length(length) for length in (40, 41, 42, 57, 60, 200, 231)] == [40, 40, 42, 56, 60, 200, 216]
    assert max((length - kept_length(length)) / length for length in range(1, 5000)) < 1 / 9


def test_scores_from_kept_terms_are_those_of_search(tmp_path: Path) -> None:
    chance = random.Random(1)
    words = [f"w{place}" for place in range(40)]
    entries = [(" ".join(chance.choices(words, k=3)), " ".join(chance.choices(words, k=chance.randint(1, 60))))
               for _ in range(400)]  # fmt: skip
    keywords = keywords_of(tmp_path / "many", entries)
    for _ in range(20):
        terms = chance.sample([*words, "nowhere"], k=chance.randint(1, 6))
        rows, scores = keywords.search(terms, 1000, OPEN)
        every = ranked(keywords, terms)
        np.testing.assert_allclose([every[row] for row in rows], scores, rtol=1e-5)
        assert not any(every[row] for row in np.setdiff1d(np.arange(400), rows))
        few, few_scores = keywords.search(terms, 7, OPEN)
        np.testing.assert_allclose(few_scores, scores[:7], rtol=1e-6)
        assert len(few) == min(7, len(rows))


def test_many_terms(five: KeywordIndex) -> None:
    rows, _ = five.search([f"nowhere{place}" for place in range(2000)] + ["rio"], 5, OPEN)
    assert rows.tolist() == [3]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("On 17 June, J. Kerry (of 8,000) did not.", ["on", "17", "june", "j", "kerri", "of", "8000", "did", "not"]),
        ("us", ["us"]),
        ("C.I.A.", ["cia"]),
        ("the C.I.A.'s memo", ["the", "cia", "memo"]),
        ("10,000", ["10000"]),
        ("10000", ["10000"]),
        ("1,234,567.", ["1234567"]),
        ("2016,17", ["2016", "17"]),
        ("Obama's", ["obama"]),
        ("OBAMA’S", ["obama"]),
        ("Obama", ["obama"]),
        ("Erdoğan", ["erdogan"]),
        ("Erdog\u0306an", ["erdogan"]),
        ("François São", ["francoi", "sao"]),
        ("ｎａｔｏ ﬁre", ["nato", "fire"]),
        ("interventions intervention", ["intervent", "intervent"]),
        ("no-fly zone", ["no", "fli", "zone"]),
        ("a\x00b", ["a", "b"]),
        ("x" * 61, []),
        ("🕊 — ’s", ["s"]),
        ("", []),
        (" \n", []),
    ],
)  # fmt: skip
def test_terms(five: KeywordIndex, text: str, terms: list[str]) -> None:
    assert five.terms(text) == terms


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("US", "The U.S. said so."),
        ("U.S.", "The US said so."),
        ("CIA", "The C.I.A.’s memo"),
        ("10,000", "10000 fled"),
        ("10000", "some 10,000 fled"),
        ("Obama", "Obama’s memo"),
        ("Obama's", "Obama spoke"),
        ("Erdogan", "President Erdoğan spoke"),
        ("Erdoğan", "President Erdogan spoke"),
        ("strikes", "a strike"),
    ],
)
def test_one_word_in_two_spellings_is_found(tmp_path: Path, question: str, text: str) -> None:
    keywords = keywords_of(tmp_path / "spelling", [("", "nothing of the kind"), ("", text), (text, "else")])
    rows, scores = keywords.search(keywords.terms(question), 5, OPEN)
    assert sorted(rows.tolist()) == [1, 2]
    assert (scores > 0).all()


def test_other_languages_have_their_own_stems(tmp_path: Path) -> None:
    german = keywords_of(tmp_path / "de", [("", "die Verhandlungen")], "de")
    assert german.terms("Verhandlung") == german.terms("Verhandlungen") == ["verhandl"]
    # A language without a stemmer is folded only.
    other = keywords_of(tmp_path / "xx", [("", "Café nets")], "xx")
    assert other.terms("Café nets") == ["cafe", "nets"]


def test_nothing_asked(five: KeywordIndex) -> None:
    for rows, scores in (five.search([], 5, OPEN), five.search(["vote"], 0, OPEN)):
        assert (rows.dtype, rows.tolist()) == (np.int64, [])
        assert (scores.dtype, scores.tolist()) == (np.float32, [])
    assert ranked(five, []) == [0, 0, 0, 0, 0]
    assert five.texts(np.zeros(0, np.int64)) == []


def test_more_asked_than_there_is(five: KeywordIndex) -> None:
    rows, _ = five.search(["vote"], 10_000, OPEN)
    assert sorted(rows.tolist()) == [1, 2, 3]


def test_an_empty_index(tmp_path: Path) -> None:
    empty = keywords_of(tmp_path / "empty", [])
    assert (empty.chunks, empty.frequencies(["vote"])) == (0, {"vote": 0})
    assert empty.search(["vote"], 5, OPEN)[0].tolist() == []
    assert empty.search(["vote"], 5, Filter(since=1))[0].tolist() == []


def test_frequency_counts_chunks_whose_text_has_the_term(five: KeywordIndex) -> None:
    assert five.frequencies(["vote", "syria", "in", "memo", "nowhere"]) == {
        "vote": 2, "syria": 2, "in": 2, "memo": 1, "nowhere": 0,
    }  # fmt: skip
    assert five.chunks == 5


FIRST_DAY = date(2016, 6, 1)
SOURCES = ["", "Dateline foreign desk", "Dateline wire desk", "Élysée Zeitung; “A/B” & C:*?"]
AUTHORS = ["Ann Lee", "Bo O’Ray", "Çağla", '"quoted" \\ [x]']


def many_articles() -> list[Article]:
    chance = random.Random(2)
    return [
        Article(
            id=f"{place:02}",
            title="",
            text=f"news {place}",
            source=chance.choice(SOURCES),
            published=chance.choice([None, *(FIRST_DAY + timedelta(days) for days in range(6))]),
            authors=tuple(chance.sample(AUTHORS, chance.randint(0, 3))),
        )
        for place in range(60)
    ]


def lets_through(where: Filter, article: Article) -> bool:
    day = article.published.toordinal() if article.published else None
    if where.since is None and where.until is None:
        in_window = True
    elif day is None:
        in_window = where.undated
    else:
        in_window = (where.since is None or day >= where.since) and (where.until is None or day <= where.until)
    return (
        in_window
        and (where.sources is None or article.source in where.sources)
        and (where.authors is None or bool(set(article.authors) & where.authors))
    )


def some_filters() -> list[Filter]:
    chance = random.Random(3)
    days = [None, 0, 1, date.max.toordinal(), *(FIRST_DAY.toordinal() + day for day in range(-1, 7))]

    def some(names: list[str]) -> frozenset[str] | None:
        return chance.choice([None, frozenset(), frozenset(chance.sample(names, chance.randint(1, 3)))])

    mixed = [
        Filter(chance.choice(days), chance.choice(days), some(SOURCES), some(AUTHORS), undated=chance.random() < 0.5)
        for _ in range(80)
    ]
    return [
        OPEN,
        Filter(undated=True),
        *mixed,
        *(Filter(since=day) for day in days),
        *(Filter(until=day) for day in days),
        *(Filter(since=day, undated=True) for day in days),
        *(Filter(sources=frozenset([name])) for name in SOURCES),
        *(Filter(authors=frozenset([name])) for name in AUTHORS),
    ]


def test_a_filter_is_open_when_it_lets_everything_through() -> None:
    assert [where.open for where in (OPEN, Filter(undated=True))] == [True, True]
    closed = (Filter(since=1), Filter(until=1, undated=True), Filter(sources=frozenset()), Filter(authors=frozenset()))
    assert not any(where.open for where in closed)


def test_filters_let_through_what_they_say(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    """By keywords, and by the rows that a filtered search for vectors looks at."""
    articles = many_articles()
    rows = "".join(
        json.dumps({
            "id": article.id, "title": article.title, "text": article.text, "source": article.source,
            "published": article.published.isoformat() if article.published else None, "authors": article.authors,
        }) + "\n"
        for article in articles
    )  # fmt: skip
    sync(write(corpus, {"rows.jsonl": rows}), index, embedder=embedder)

    with closing(Generation.open(index)) as generation:
        indexed = list(generation.articles.articles())
        assert [(it.source, it.published, it.authors) for it in indexed] == [
            (it.source, it.published, it.authors) for it in articles
        ]
        for where in some_filters():
            expected = [row for row, article in enumerate(articles) if lets_through(where, article)]
            found, scores = generation.keywords.search(["news"], 1000, where)
            assert sorted(found.tolist()) == expected
            assert LocalArchive(generation).allowed_rows(where).tolist() == expected
            if where.open:
                unfiltered = dict(zip(found.tolist(), scores.tolist(), strict=True))
            # A filter is worth nothing in the score.
            assert {row: score for row, score in unfiltered.items() if row in found} == pytest.approx(
                dict(zip(found.tolist(), scores.tolist(), strict=True))
            )


def test_equal_scores_come_in_row_order(tmp_path: Path) -> None:
    keywords = keywords_of(tmp_path / "equal", [("", "memo")] * 300)
    rows, _ = keywords.search(["memo"], 250, OPEN)
    assert rows.tolist() == list(range(250))


WORDY = [
    ("Syria memo", "fifty officials signed a memo"),
    ("Memo on Syria", "a signed memo leaked"),
    ("Rio", "officials in Rio signed nothing"),
    ("Juno", "the probe signed off"),
]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (Words(), [0, 1, 2, 3]),
        (Words(phrases=("signed a memo",)), [0]),
        (Words(phrases=("memo",)), [0, 1]),
        (Words(phrases=("Syria memo",)), [0]),
        (Words(phrases=("memo", "leaked")), [1]),
        (Words(phrases=("memo signed",)), []),
        (Words(excluded=("memo",)), [2, 3]),
        (Words(excluded=("signed a memo", "probe")), [1, 2]),
        (Words(title=("syria",)), [0, 1]),
        (Words(title=("officials",)), []),
        (Words(phrases=("officials",), excluded=("Rio",)), [0]),
        (Words(phrases=("absent",)), []),
        (Words(excluded=("absent",)), [0, 1, 2, 3]),
    ],
    ids=repr,
)
def test_words_that_a_chunk_must_have_or_must_not(tmp_path: Path, words: Words, expected: list[int]) -> None:
    keywords = keywords_of(tmp_path / "wordy", WORDY)
    assert keywords.rows_with(words).tolist() == expected
    rows, scores = keywords.search(["sign"], 10, Filter(words=words))
    assert sorted(rows.tolist()) == expected
    # They are worth nothing in the score.
    every = dict(zip(*keywords.search(["sign"], 10, OPEN), strict=True))
    np.testing.assert_allclose(scores, [every[row] for row in rows], rtol=1e-6)
