"""Count how many of 1,000 pairs of near copies are tied as one story, and how many pairs of different articles.

    python -m benchmarks.stories

Copies are made from the sample archive: re-flowed, with another agency's dateline, without the first paragraph, or with
a tenth of the words edited. Pairs of different articles are written from the templates below.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus import Article, read_folder
from corpus.stories import Stories, signature

PAIRS = 1000
SAMPLE = Path(__file__).parents[1] / "corpus/articles"
Pair = tuple[str, str]

# Names and words to fill in


SYLLABLES = "ba den for gra hol kin lan mar nor ost pel quin ros sten tor ul ver wes yar zim"
WORDS = (
    "new report officials early later several major local public open quiet strong weak recent final whole same"
    " other known likely certain likewise meanwhile almost nearly largely again often soon still"
)
FIRST = "Ann Bo Carla Dan Eve Finn Gus Hana Ivo June Karl Lena Milo Nora Otto Pia Quentin Rosa Sam Tess"
VERBS = "said told added noted argued replied insisted explained"


def place(rng: random.Random) -> str:
    return "".join(rng.sample(SYLLABLES.split(), 2)).capitalize()


def person(rng: random.Random) -> str:
    return f"{rng.choice(FIRST.split())} {place(rng)}"


# Copies


def reflowed(text: str, _rng: random.Random) -> str:
    words = text.split()
    return "\n".join(" ".join(words[start : start + 11]) for start in range(0, len(words), 11))


def other_dateline(text: str, rng: random.Random) -> str:
    return f"{place(rng).upper()}, June {rng.randint(1, 30)} ({rng.choice(['AP', 'Reuters', 'AFP'])}) — {text}"


def without_first_paragraph(text: str, _rng: random.Random) -> str:
    return text.partition("\n\n")[2] or text


def edited(text: str, rng: random.Random) -> str:
    """A tenth of the words replaced, dropped or followed by another, whatever they are."""
    words = text.split(" ")
    for spot in rng.sample(range(len(words)), len(words) // 10):
        words[spot] = rng.choice([rng.choice(WORDS.split()), "", f"{words[spot]} {rng.choice(WORDS.split())}"])
    return " ".join(filter(None, words))


def copies(rng: random.Random) -> Iterator[tuple[str, Pair]]:
    texts = [one.text for one in read_folder(SAMPLE) if isinstance(one, Article)]
    changes: list[Callable[[str, random.Random], str]] = [reflowed, other_dateline, without_first_paragraph, edited]
    for number in range(PAIRS):
        text = rng.choice(texts)
        change = changes[number % 4]
        # Every other pair has the milder changes as well.
        other = change(text, rng)
        if number % 8 >= 4:
            other = reflowed(other_dateline(other, rng), rng)
        yield change.__name__.replace("_", " "), (text, other)


# Two reports of one event: the same facts in other words


def event(rng: random.Random) -> dict[str, str]:
    return {
        "town": place(rng), "river": place(rng), "mayor": person(rng), "chief": person(rng), "witness": person(rng),
        "firm": f"{place(rng)} Corp.", "dead": str(rng.randint(2, 60)), "hurt": str(rng.randint(61, 300)),
        "day": rng.choice(["Monday", "Tuesday", "Friday", "Sunday"]), "year": str(rng.randint(1950, 2010)),
        "cost": f"${rng.randint(2, 90)} million", "verb": rng.choice(VERBS.split()),
        "quote": " ".join(rng.sample(WORDS.split(), 7)),
    }  # fmt: skip


REPORTS = (
    """A bridge over the {river} river gave way in {town} on {day}, killing at least {dead} people and injuring \
{hurt}, officials said. Rescue teams with dogs searched the water until dawn for more than a dozen cars.

"{quote}," {verb} Mayor {mayor}, who had ordered an inspection of the crossing only weeks ago. The bridge was built in \
{year} by {firm}, which has had no comment so far.

Fire chief {chief} told reporters that the hope of finding anyone alive was fading. {witness}, who lives nearby, heard \
a bang like thunder and ran outside in his slippers. Repairs had been put off because they would have cost {cost}.""",
    """{town} was in mourning on {day} after its best-known bridge collapsed at rush hour. By nightfall the number of \
dead had risen to {dead}; {hurt} were being treated in hospitals across the region, some of them in a serious state.

It is not yet known what brought down the span, which {firm} put up across the {river} in {year}. A study two years \
ago found cracks in its steel and proposed to spend {cost} on it. The council, led by {mayor}, did not find the money.

"We will not rest until everyone is found," {chief} of the fire service promised families who waited at a school. \
Neighbours such as {witness} brought blankets and tea. The mayor, for his part, {verb}: "{quote}." """,
)


def one_event(rng: random.Random) -> Iterator[tuple[str, Pair]]:
    for _ in range(PAIRS):
        facts = event(rng)
        yield "reports of one event", (REPORTS[0].format(**facts), REPORTS[1].format(**facts))


# Reports from one template: other names and numbers


def result(rng: random.Random) -> str:
    home, away, scorer, other, coach = place(rng), place(rng), person(rng), person(rng), person(rng)
    minutes = sorted(rng.sample(range(3, 90), 3))
    return (
        f"{home} beat {away} {rng.randint(2, 5)}-{rng.randint(0, 1)} on {rng.choice(['Saturday', 'Sunday'])} before a"
        f" crowd of {rng.randint(9000, 60000):,}.\n\n{scorer} put the hosts ahead in minute {minutes[0]} from a"
        f" corner, and {other} made it two in minute {minutes[1]} after a mistake by the keeper. {scorer} hit the post"
        f" in minute {minutes[2]}.\n\n“We were the better side today,” said coach {coach}. “The boys gave everything.”"
        f" {home} move up to place {rng.randint(2, 9)} in the table with {rng.randint(20, 60)} points, {away} stay"
        f" {rng.randint(10, 18)}th. They meet again in the cup next month."
    )


def earnings(rng: random.Random) -> str:
    firm, boss, quarter = (
        f"{place(rng)} {rng.choice(['Inc.', 'Corp.', 'Ltd.'])}",
        person(rng),
        rng.choice(["first", "second", "third"]),
    )
    return (
        f"{firm} said on {rng.choice(['Tuesday', 'Thursday'])} that net income rose to ${rng.randint(20, 900)} million"
        f" in the {quarter} quarter, or ${rng.randint(1, 9)}.{rng.randint(10, 99)} a share, from"
        f" ${rng.randint(10, 800)} million a year earlier.\n\nRevenue was ${rng.randint(1, 40)}.{rng.randint(1, 9)}"
        f" billion. Analysts surveyed by FactSet had expected ${rng.randint(1, 40)}.{rng.randint(1, 9)} billion.\n\nThe"
        f" company, based in {place(rng)}, expects full-year earnings of ${rng.randint(2, 30)}.{rng.randint(10, 99)} a"
        f" share. “We are pleased with our progress,” chief executive {boss} said. Shares of {firm} have risen"
        f" {rng.randint(1, 60)} percent since the beginning of the year, while the Standard & Poor’s 500 index has"
        f" gained {rng.randint(1, 20)} percent."
    )


def court_list(rng: random.Random) -> str:
    cases = [
        f"{person(rng)}, {rng.randint(18, 80)}, of {place(rng)}, was {rng.choice(['fined', 'ordered to pay'])}"
        f" £{rng.randint(80, 900)} for {rng.choice(['speeding', 'theft', 'drink-driving', 'criminal damage'])} and"
        f" disqualified for {rng.randint(2, 36)} months."
        for _ in range(6)
    ]
    opening = (
        f"These cases were heard by magistrates at {place(rng)} on {rng.randint(1, 30)} {rng.choice(['May', 'June'])}."
    )
    return "\n\n".join([opening, *cases, "Costs and a victim surcharge were added in each case."])


def one_template(rng: random.Random) -> Iterator[tuple[str, Pair]]:
    for number in range(PAIRS):
        write = (result, earnings, court_list)[number % 3]
        yield write.__name__.replace("_", " "), (write(rng), write(rng))


def tied(pair: Pair) -> bool:
    """Whether an archive of these two articles holds one story."""
    stories = Stories()
    for text in pair:
        stories.add(signature(text))
    return stories.first(1) == 0


def main() -> None:
    print(f"{'pairs':36} {'tied':>6} {'of':>6}")
    for pairs in (copies, one_event, one_template):
        counts: dict[str, list[int]] = {}
        for kind, pair in pairs(random.Random(7)):
            both = counts.setdefault(kind, [0, 0])
            both[0] += tied(pair)
            both[1] += 1
        for kind, (hits, total) in counts.items():
            print(f"{kind:36} {hits:6} {total:6}")
        print(f"{'all ' + pairs.__name__.replace('_', ' '):36} {sum(c[0] for c in counts.values()) / PAIRS:6.1%}")


if __name__ == "__main__":
    main()
