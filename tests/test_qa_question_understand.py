"""What a request comes down to: the day it is asked on, what may be found, how time counts, and what is told of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from asking import story
from hypothesis import given
from hypothesis import strategies as st
from memory_archive import MemoryArchive

from corpus import UserError
from corpus.dates import today
from index.archive import Filter
from qa.question.days import Days
from qa.question.followup import Turn
from qa.question.request import Request
from qa.question.understand import Clock, Search, archive_period, default_now, understand

# June 2016, one undated, and two with dates that nobody can believe. Each is one chunk.
FILES = {
    "a.txt": story("Memo signed", "Officials signed the memo.", date="2016-06-01", source="BBC", by="Ann Lee"),
    "b.txt": story("Memo read", "Obama read the memo.", date="2016-06-15", source="The Guardian", by="Bo Ray"),
    "c.txt": story("Memo kept", "Kerry kept the memo.", date="2016-06-30", source="Guardian Weekly", by="Ann Ray"),
    "d.txt": story("Memo lost", "Nobody saw the memo.", source="BBC"),
    "e.txt": story("Memo carved", "Monks carved the memo.", date="1500-01-01", source="Annals"),
    "f.txt": story("Memo beamed", "Robots beamed the memo.", date="2999-01-01", source="Annals"),
}
PLAIN = "Who signed the memo?"


@pytest.fixture(scope="module")
def old() -> MemoryArchive:
    return MemoryArchive.of(FILES)


def read(archive: MemoryArchive, question: str = PLAIN, **limits: Any) -> Search:
    return understand(archive, Request(question, **limits))


def let_through(archive: MemoryArchive, where: Filter) -> str:
    """The files, by their letters, that may be found."""
    return "".join(piece.article[0] for piece in archive.pieces if archive.lets_through(where, piece))


def days(since: str | None, until: str | None) -> tuple[int | None, int | None]:
    first, last = (day and date.fromisoformat(day).toordinal() for day in (since, until))
    return first, last


# The day it is asked on


NOW = {
    "a date": date(2016, 6, 20),
    "words": "2016-06-20",
    "white space": " 2016-06-20\n",
    "a moment": datetime(2016, 6, 20, 23, 59, tzinfo=UTC),
}


@pytest.mark.parametrize("now", NOW.values(), ids=NOW)
def test_now_as_given(old: MemoryArchive, now: Any) -> None:
    search = read(old, now=now)
    assert search.now == date(2016, 6, 20)
    assert type(search.now) is date
    assert search.clock == Clock(date(2016, 6, 20))


@pytest.mark.parametrize("now", [None, "", "  "], ids=["none", "empty", "blank"])
def test_now_is_the_last_plausible_day_of_an_old_archive_and_then_time_does_not_count(
    old: MemoryArchive, now: str | None
) -> None:
    search = read(old, now=now)
    assert search.now == date(2016, 6, 30)
    assert search.clock == Clock(None)
    assert archive_period(old) == Days(date(2016, 6, 1), date(2016, 6, 30))


@pytest.mark.parametrize(
    ("age", "current"),
    [(-1, True), (0, True), (31, True), (32, False)],
    ids=["tomorrow", "today", "31 days", "32 days"],
)
def test_an_archive_is_current_for_a_month(age: int, current: bool) -> None:
    before = today()
    newest = before - timedelta(age)
    archive = MemoryArchive.of({"a.txt": story("Memo", "Officials signed.", date=newest.isoformat())})
    search = read(archive)
    now = search.now if current else newest
    assert archive_period(archive) == Days(newest, newest)
    assert before <= now <= today() or not current
    assert search.now == now
    assert search.clock == Clock(now if current else None)


NO_PERIOD = {
    "empty": {},
    "undated": {"a.txt": story("Memo", "Officials signed the memo.")},
    "implausible dates": {"e.txt": FILES["e.txt"], "f.txt": FILES["f.txt"]},
}


@pytest.mark.parametrize("files", NO_PERIOD.values(), ids=NO_PERIOD)
def test_without_a_period_it_is_today_and_no_time_lies_outside(files: dict[str, str]) -> None:
    archive = MemoryArchive.of(files)
    assert archive_period(archive) is None
    search = read(archive, "Who signed the memo in 1950?")
    assert search.now in (today() - timedelta(1), today())
    assert default_now(None) in (search.now, search.now + timedelta(1))
    assert search.hopeless == ""
    assert (search.where.since, search.where.until) == days("1950-01-01", "1950-12-31")


# Days that are none


@pytest.mark.parametrize("name", ["now", "since", "until"])
@pytest.mark.parametrize("words", ["yesterday", "2016-13-01", "2016-02-30", "17/06/2016", "June", "2016"])
def test_a_day_that_is_none(old: MemoryArchive, name: str, words: str) -> None:
    message = rf"^“{words}” is not a date for “{name}”; write it as YYYY-MM-DD, like 2016-06-17\.$"
    with pytest.raises(UserError, match=message):
        read(old, **{name: words})


def test_the_days_the_wrong_way_round(old: MemoryArchive) -> None:
    message = r"^The dates are the wrong way round: since 2016-06-02 is after until 2016-06-01; swap them\.$"
    with pytest.raises(UserError, match=message):
        read(old, since="2016-06-02", until=date(2016, 6, 1))


def test_an_empty_question_is_told_before_anything_else(old: MemoryArchive) -> None:
    with pytest.raises(UserError, match="question is empty"):
        read(old, " ?", now="yesterday", since="2016-06-02", until="2016-06-01")


# What the caller lets be found


LIMITS = {
    "nothing": ({}, "abcdef"),
    "since": ({"since": "2016-06-15"}, "bcf"),
    "until": ({"until": "2016-06-15"}, "abe"),
    "one day": ({"since": "2016-06-15", "until": "2016-06-15"}, "b"),
    "moments": (
        {"since": datetime(2016, 6, 15, 12, tzinfo=UTC), "until": datetime(2016, 6, 15, 1, tzinfo=UTC)},
        "b",
    ),
    "no day between": ({"since": "2016-06-16", "until": "2016-06-29"}, ""),
    "outlet": ({"sources": ["BBC"]}, "ad"),
    "one outlet, not in a list": ({"sources": "bbc"}, "ad"),
    "an outlet without its article": ({"sources": ["guardian"]}, "b"),
    "a word of an outlet": ({"sources": ["weekly"]}, "c"),
    "two outlets": ({"sources": ("BBC", "The Guardian")}, "abd"),
    "author": ({"authors": ["Ann Lee"]}, "a"),
    "one author, not in a list": ({"authors": "Lee"}, "a"),
    "a word of two authors": ({"authors": ["ray"]}, "bc"),
    "outlet and author": ({"sources": ["Guardian Weekly"], "authors": ["Ann"]}, "c"),
    "outlet and days": ({"sources": ["BBC"], "since": "2016-01-01"}, "a"),
    "unknown outlet": ({"sources": ["Reuters"]}, ""),
    "unknown author": ({"authors": ["Nobody"]}, ""),
}


@pytest.mark.parametrize(("limits", "expected"), LIMITS.values(), ids=LIMITS)
def test_limits(old: MemoryArchive, limits: dict[str, Any], expected: str) -> None:
    assert let_through(old, read(old, **limits).where) == expected


NOTICES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "known": ({"sources": ["bbc"], "authors": ["ann lee"]}, ()),
    "outlet": ({"sources": ["Reuters"]}, ("The archive has no outlet “Reuters”.",)),
    "author": ({"authors": ["Nobody"]}, ("The archive has no author “Nobody”.",)),
    "one of two": ({"sources": ["BBC", "Reuters"]}, ("The archive has no outlet “Reuters”.",)),
    "not in a list": ({"sources": "Reuters"}, ("The archive has no outlet “Reuters”.",)),
    "each": (
        {"sources": ["Reuters", "AP"], "authors": ["Nobody"]},
        (
            "The archive has no outlet “Reuters”.",
            "The archive has no outlet “AP”.",
            "The archive has no author “Nobody”.",
        ),
    ),
}


@pytest.mark.parametrize(("limits", "expected"), NOTICES.values(), ids=NOTICES)
def test_a_name_that_the_archive_does_not_have_is_told(
    old: MemoryArchive, limits: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert read(old, **limits).notices == expected


# What a time in the question does, asked on Monday, 20 June 2016: "last week" is the 13th to the 19th.


WINDOWS = {
    "alone": ({}, "2016-06-13", "2016-06-19"),
    "within a larger span": ({"since": "2016-01-01", "until": "2016-12-31"}, "2016-06-13", "2016-06-19"),
    "cut at its beginning": ({"since": "2016-06-15"}, "2016-06-15", "2016-06-19"),
    "cut at its end": ({"until": "2016-06-14"}, "2016-06-13", "2016-06-14"),
    "cut at both": ({"since": "2016-06-15", "until": "2016-06-16"}, "2016-06-15", "2016-06-16"),
    "touching at a day": ({"since": "2016-06-19"}, "2016-06-19", "2016-06-19"),
}


@pytest.mark.parametrize(("limits", "since", "until"), WINDOWS.values(), ids=WINDOWS)
def test_a_window_narrows_the_limits(old: MemoryArchive, limits: dict[str, str], since: str, until: str) -> None:
    search = read(old, "Who read the memo last week?", now="2016-06-20", **limits)
    assert (search.where.since, search.where.until) == days(since, until)
    assert search.timeframe
    assert (search.timeframe.kind, search.timeframe.phrase) == ("window", "last week")
    assert (search.notices, search.hopeless) == ((), "")


BACKGROUND = {
    "led up to": ("A museum opened last week. Who built it?", "preference", date(2016, 6, 19)),
    "asked in the first of two": ("Who opened a museum last week? I forgot.", "window", date(2016, 6, 20)),
    "open at the end": ("A museum opened this week. Who built it?", "preference", date(2016, 6, 20)),
    "one sentence": ("Who opened a museum last week?", "window", date(2016, 6, 20)),
}


@pytest.mark.parametrize(("question", "kind", "clock"), BACKGROUND.values(), ids=BACKGROUND)
def test_a_time_that_leads_up_to_what_is_asked_is_a_preference(
    old: MemoryArchive, question: str, kind: str, clock: date
) -> None:
    search = read(old, question, now="2016-06-20")
    assert search.timeframe
    assert (search.timeframe.kind, search.clock.now) == (kind, clock)
    assert search.where.by_day == (kind == "window")


@pytest.mark.parametrize("limits", [{"since": "2016-06-20"}, {"until": "2016-06-12"}], ids=["later", "earlier"])
def test_a_window_outside_the_limits_is_dropped_and_told(old: MemoryArchive, limits: dict[str, str]) -> None:
    search = read(old, "Who read the memo last week?", now="2016-06-20", **limits)
    assert search.timeframe is None
    assert search.where == read(old, now="2016-06-20", **limits).where
    assert search.notices == ("“last week” lies outside the dates that were set, and was ignored.",)


TIMES = ["", " last week", " in June 2016", " on 15 June 2016", " since 3 June", " before 10 June 2016", " recently"]
DAYS = st.none() | st.dates(date(2016, 5, 25), date(2016, 7, 5))


@given(time=st.sampled_from(TIMES), since=DAYS, until=DAYS, now=st.dates(date(2016, 6, 1), date(2016, 7, 5)))
def test_a_time_never_lets_through_what_the_limits_do_not(
    old: MemoryArchive, time: str, since: date | None, until: date | None, now: date
) -> None:
    if since and until and since > until:
        since, until = until, since
    limited = read(old, since=since, until=until, now=now)
    search = read(old, f"Who signed the memo{time}?", since=since, until=until, now=now)
    assert set(let_through(old, search.where)) <= set(let_through(old, limited.where))
    dropped = any("was ignored" in notice for notice in search.notices)
    assert not dropped or (search.where == limited.where and search.timeframe is None)


UNDATED = {
    "no time at all": (PLAIN, {}, "abcdef"),
    "a time in the question": ("Who read the memo in June 2016?", {}, "abcd"),
    "the caller's days": (PLAIN, {"since": "2016-06-01", "until": "2016-06-30"}, "abc"),
    "both": ("Who read the memo in June 2016?", {"since": "2016-06-10"}, "bc"),
    "an open end": ("Who read the memo since 10 June?", {}, "bcdf"),
    "the caller's outlet": ("Who read the memo in June 2016?", {"sources": ["BBC"]}, "ad"),
    "an operator": ("Who read the memo? date:2016-06", {}, "abc"),
}


@pytest.mark.parametrize(("question", "limits", "expected"), UNDATED.values(), ids=UNDATED)
def test_undated_articles_pass_a_time_in_the_question_but_no_other_limit(
    old: MemoryArchive, question: str, limits: dict[str, Any], expected: str
) -> None:
    assert let_through(old, read(old, question, now="2016-07-01", **limits).where) == expected


OUT_OF_PERIOD = {
    "before": ("Who signed the memo in 2014?", "in 2014"),
    "after": ("Who signed the memo in July 2016?", "in July 2016"),
    "before an end": ("Who signed the memo before 1 June 2016?", "before 1 June 2016"),
    "since a day": ("Who signed the memo since 1 July 2016?", "since 1 July 2016"),
}


@pytest.mark.parametrize(("question", "phrase"), OUT_OF_PERIOD.values(), ids=OUT_OF_PERIOD)
def test_a_time_that_the_archive_does_not_cover_is_told_and_limits_nothing(
    old: MemoryArchive, question: str, phrase: str
) -> None:
    search = read(old, question, now="2016-08-01", sources=["BBC"])
    assert search.hopeless == (f"The archive covers 2016-06-01 to 2016-06-30; you asked about “{phrase}”.")
    assert search.timeframe
    assert search.timeframe.phrase == phrase
    assert let_through(old, search.where) == "ad"


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the memo on 30 June 2016?",
        "Who signed the memo since 30 June 2016?",
        "Who signed before 2 June 2016?",
    ],
)
def test_a_time_at_the_edge_is_within(old: MemoryArchive, question: str) -> None:
    assert read(old, question, now="2016-08-01").hopeless == ""


PREFERENCES = {
    "latest": ("What is the latest on the memo?", Clock(date(2016, 6, 20), wanted=True, strict=True)),
    "recently": ("Who signed the memo recently?", Clock(date(2016, 6, 20), wanted=True)),
    "first": ("Who first signed the memo?", Clock(date(2016, 6, 20), oldest_first=True, wanted=True)),
}


@pytest.mark.parametrize(("question", "clock"), PREFERENCES.values(), ids=PREFERENCES)
def test_a_preference_ranks_and_does_not_filter(old: MemoryArchive, question: str, clock: Clock) -> None:
    search = read(old, question, now="2016-06-20")
    assert search.timeframe
    assert search.timeframe.kind == "preference"
    assert search.where == Filter()
    assert search.clock == clock


def test_words_of_time_are_left_out_where_they_stand_and_nowhere_else(old: MemoryArchive) -> None:
    assert read(old, "What do we know about the memo now?").question.terms.words == ("memo",)
    assert read(old, "Who was blasted at the last meeting?").question.terms.words == ("blasted", "meeting")


def test_a_preference_makes_time_count_in_an_old_archive_too(old: MemoryArchive) -> None:
    clock = read(old, "What is the latest on the memo?").clock
    assert clock == Clock(date(2016, 6, 30), wanted=True, strict=True)


def test_what_an_old_archive_calls_the_future_may_be_the_past_of_who_asks(old: MemoryArchive) -> None:
    search = read(old, "Who signed the memo in 2019?")
    assert search.now == date(2016, 6, 30)
    assert search.hopeless == "The archive covers 2016-06-01 to 2016-06-30; you asked about “in 2019”."


# The question as it is searched


SEARCHED = {
    "as it was put": ("Who signed the memo?", "Who signed the memo?"),
    "cleaned": ("  Who signed\ud800 the memo?\n", "Who signed the memo?"),
    "with its operators": ("Who signed source:BBC?", "Who signed source:BBC?"),
    "put right": ("Who read the mmeo?", "Who read the memo?"),
    "put right beside operators": (
        'Who read the mmeo "on Syria" -draft source:BBC?',
        'Who read the memo "on Syria" -draft source:BBC?',
    ),
}


@pytest.mark.parametrize(("question", "expected"), SEARCHED.values(), ids=SEARCHED)
def test_searched(old: MemoryArchive, question: str, expected: str) -> None:
    assert read(old, question).searched == expected


def test_words_put_right_are_told_and_stay_as_written_on_demand(old: MemoryArchive) -> None:
    [correction] = read(old, "Who read the mmeo?").corrections
    assert correction.startswith("“mmeo” is not in the archive")
    as_written = read(old, "Who read the mmeo?", spelling=False)
    assert (as_written.searched, as_written.corrections, as_written.notices) == ("Who read the mmeo?", (), ())


def test_a_follow_up_is_completed_from_the_turns_before(old: MemoryArchive) -> None:
    turn = Turn("Who signed the memo?", ("Officials signed the memo.",))
    search = understand(old, Request("and in June?", now="2016-07-01"), [turn])
    assert search.searched == search.question.text == "Who signed the memo in June?"
    assert (search.where.since, search.where.until) == days("2016-06-01", "2016-06-30")
    search = understand(old, Request("and in June? source:BBC -draft", now="2016-07-01"), [turn])
    assert search.searched == "Who signed the memo in June? source:BBC -draft"
    again = understand(old, Request(search.searched, now="2016-07-01"))
    assert (again.question.text, again.where) == (search.question.text, search.where)
