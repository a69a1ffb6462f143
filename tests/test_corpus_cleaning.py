"""Cleaning: every rule with the text that shows it, and nothing lost."""

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus.cleaning import clean_line, clean_text, without_repeated_headline

RULES = {
    "letters set as one": ("\ufb01ve \ufb02ags, a\ufb00airs", "five flags, affairs"),
    "Windows line ends": ("one\r\ntwo", "one\ntwo"),
    "Mac line ends": ("one\rtwo", "one\ntwo"),
    "next line, line and paragraph separator": ("a\u0085b\u2028c\u2029d", "a\nb\nc\nd"),
    "form feed and vertical tab end lines": ("page one.\x0cpage two.\x0bend", "page one.\npage two.\nend"),
    "paragraphs kept": ("one\n\ntwo", "one\n\ntwo"),
    "one blank line at most": ("one\n\n\n\n\ntwo", "one\n\ntwo"),
    "blank lines of spaces": ("one\n \t\n\u00a0\ntwo", "one\n\ntwo"),
    "white space at line ends": ("one \t\u00a0\ntwo ", "one\ntwo"),
    "white space round the text": (" \n\n one\n", "one"),
    "indentation kept": ("one\n  two", "one\n  two"),
    "spaces inside kept": ("one  two\tthree", "one  two\tthree"),
    "NUL": ("Rio\x00", "Rio"),
    "controls": ("a\x01\x08\x0e\x1b\x1f\x7f\x80\x9fb", "ab"),
    "soft hyphen": ("Zi\u00adka", "Zika"),
    "zero-width space and word joiner": ("a\u200bb\u2060c", "abc"),
    "byte order mark": ("\ufefftext", "text"),
    "lone surrogate": ("a\ud83d b", "a b"),
    "composed": ("cafe\u0301", "café"),
    "composed once a mark between is gone": ("cafe\u00ad\u0301", "café"),
    "emoji kept": ("👩‍👩‍👧 🕊️", "👩‍👩‍👧 🕊️"),
    "script marks kept": ("\u0645\u06cc\u200c\u0631\u0648\u0645", "\u0645\u06cc\u200c\u0631\u0648\u0645"),
    "empty": ("", ""),
    "nothing visible": ("\x00\u200b \n", ""),
    "UTF-8 read as Latin": ("Brazilâ€™s vote: Â£5 in a cafÃ©", "Brazil’s vote: £5 in a café"),
    "Latin read as UTF-8 beside right text": ("“Right”\nIt isnâ€™t.", "“Right”\nIt isn’t."),
    "letters that only look like it": ("déjà» vu, SÃO PAULO, Â", "déjà» vu, SÃO PAULO, Â"),
    "HTML": (
        "<p class='a'>Rio &amp; <a href='/x'>Zika</a></p><p>Doc<b>tors</b> are wary.<br/>Why?</p><script>x<y</script>",
        "Rio & Zika\n\nDoctors are wary.\nWhy?",
    ),
    "entities alone": ("It isn&#8217;t&nbsp;5 &lt; 4.", "It isn’t\u00a05 < 4."),
    "signs that are no HTML": ("a < b > c, R&D; AT&T <3 <pepper>", "a < b > c, R&D; AT&T <3 <pepper>"),
    "a video player": (
        "It ended.\n\nJUST WATCHED Storm hits Rio Replay More Videos ... MUST WATCH Storm hits Rio 02:00\n\nIt began.",
        "It ended.\n\nStorm hits Rio\n\nIt began.",
    ),
    "a video player without a length": (
        "JUST WATCHED Rio Replay More Videos ... MUST WATCH (14 Videos)\nIt.",
        "Rio\nIt.",
    ),
    "a gallery": ("Rio in May. Hide Caption 1 of 9 Photos: Rio A boat.", "Rio in May.\n\nPhotos: Rio A boat."),
    "words of players and galleries elsewhere": ("JUST WATCHED it. Hide Caption?", "JUST WATCHED it. Hide Caption?"),
    "hidden, and what only begins so": ("Rio<!-- a --><style>b</style> <!-- c <script>d", "Rio <!-- c <script>d"),
    "the docstring's": ("Zika\u00ad virus\r\n\r\n\r\n\r\nRio\x00", "Zika virus\n\nRio"),
}
HEADLINES = {
    "once": ("Strikes urged", "Strikes urged\n\nDozens signed.", "Dozens signed."),
    "three times on two lines": (
        "Strikes urged",
        "Strikes urged\n\nStrikes urgedStrikes urged\n\nDozens signed.",
        "Dozens signed.",
    ),
    "other case and quotes": ("Gov’t “strikes”", 'GOV\'T "STRIKES".\nDozens signed.', "Dozens signed."),
    "Markdown": ("Strikes urged", "# Strikes urged\n\nDozens signed.", "Dozens signed."),
    "a line of dashes after it": ("Strikes urged", "Strikes urged\n---\nDozens signed.", "---\nDozens signed."),
    "a line of dashes within": ("Strikes", "Strikes\n---\nStrikes\nDozens signed.", "Dozens signed."),
    "not at the start": ("Strikes urged", "Dozens signed.\nStrikes urged", "Dozens signed.\nStrikes urged"),
    "part of a sentence": ("Strikes urged", "Strikes urged by dozens.", "Strikes urged by dozens."),
    "on the same line as text": ("Strikes urged", "Strikes urged Dozens signed.", "Strikes urged Dozens signed."),
    "no headline": ("", "Dozens signed.", "Dozens signed."),
    "headline of signs": ("?!", "?!\nDozens signed.", "?!\nDozens signed."),
    "short headline inside words": ("ana", "banana\nDozens signed.", "banana\nDozens signed."),
    "nothing but the headline": ("Strikes urged", "Strikes urged", "Strikes urged"),
    "empty": ("Strikes urged", "", ""),
}
MESSY = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("\n\r\t \u00a0\u0085\u2028\x0b\x0c\x00\u00ad\u200be\u0301")
)


@pytest.mark.parametrize(("text", "cleaned"), RULES.values(), ids=RULES)
def test_rules(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def not_encoded(text: str) -> bool:
    """Whether a text can hold neither HTML nor UTF-8 read as Latin, of which one may hide another."""
    return not set("<&") & set(text) and not any("\u00c2" <= one <= "\u00f4" for one in text)


# Each took time with the square of its length: minutes, or hours.
ENDLESS = {
    "blanks": (f"Rio{' ' * 500_000}Zika", f"Rio{' ' * 500_000}Zika"),
    "scripts that never end": ("<script>" * 50_000, "<script>" * 50_000),
    "comments that never end": ("<!--" * 100_000, "<!--" * 100_000),
    "players that never end": ("JUST WATCHED " * 50_000 + "it", "JUST WATCHED " * 50_000 + "it"),
}


@pytest.mark.parametrize(("text", "cleaned"), ENDLESS.values(), ids=ENDLESS)
def test_endless_lines_are_cleaned(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@settings(max_examples=200, deadline=None)
@given(MESSY)
def test_clean_text_is_clean(text: str) -> None:
    assume(not_encoded(text))
    cleaned = clean_text(text)

    assert clean_text(cleaned) == cleaned
    assert "\n\n\n" not in cleaned
    cleaned.encode()


def visible(text: str) -> str:
    """What a reader sees, character by character: neither white space nor controls, surrogates and empty marks."""
    unseen = "\u00ad\u200b\u2060\ufeff"
    seen = [one for one in text if unicodedata.category(one) not in ("Cc", "Cs") and one not in unseen]
    return unicodedata.normalize("NFC", "".join(one for one in seen if not one.isspace()))


@settings(max_examples=200, deadline=None)
@given(MESSY)
def test_nothing_visible_is_lost_or_moved(text: str) -> None:
    assume(not_encoded(text))
    assert visible(clean_text(text)) == visible(text)


@pytest.mark.parametrize(
    ("line", "cleaned"),
    [
        ("  Strikes\n urged\t", "Strikes urged"),
        ("Strikes\u2028\u2028urged", "Strikes urged"),
        ("cafe\u0301\x00", "café"),
        ("\n", ""),
    ],
    ids=["white space", "separators", "as text is", "blank"],
)
def test_clean_line(line: str, cleaned: str) -> None:
    assert clean_line(line) == cleaned


@pytest.mark.parametrize(("title", "text", "rest"), HEADLINES.values(), ids=HEADLINES)
def test_a_headline_repeated_in_the_text_is_removed(title: str, text: str, rest: str) -> None:
    assert without_repeated_headline(title, text) == rest


@settings(max_examples=200, deadline=None)
@given(st.text("aB \n-", max_size=6), st.text("aB \n-", max_size=30))
def test_only_repeated_headlines_go(title: str, text: str) -> None:
    rest = without_repeated_headline(title, text)

    assert text.strip().endswith(rest)
    gone = "".join(filter(str.isalnum, text.strip().removesuffix(rest).casefold()))
    headline = "".join(filter(str.isalnum, title.casefold()))
    assert gone == headline * (len(gone) // max(len(headline), 1))
