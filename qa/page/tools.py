"""The quiet line below the question box: filters, operators, conversations, the archive, each with a panel."""

from qa.answer import ArchiveStatus
from qa.page.findings import QUOTING
from qa.page.markup import escape
from qa.page.newsroom import ADDING, TOKEN

_OPERATORS = (
    ('"middle rank"', "these words side by side"),
    ("-Libya", "without this word"),
    ("source:BBC", "from this outlet"),
    ("author:Smith", "by this author"),
    ("title:memo", "with this word in the headline"),
    ("date:2016-06", "from this month; also a day, a year, or a range 2016-06..2016-07"),
    ("last week, since May, in 2015", "time in plain words is understood, relative to the “as of” day"),
)
_ORDERS = (("", "most relevant first"), ("newest", "articles, newest first"), ("oldest", "articles, oldest first"))
# More outlets than these get a box to find one in.
_MANY_OUTLETS = 10


def tools(status: ArchiveStatus) -> str:
    """The line and its panels, all folded; what the reader chooses lives in the browser."""
    panels = (
        ("filter", "Filter", _filter(status)),
        ("operators", "Operators", _operators()),
        ("quote", "Check a quotation", QUOTING),
        ("kept", "Conversations", '<ul class="kept" aria-label="Conversations kept in this browser"></ul>'),
        ("archive", "Archive", f'<div class="report"></div><div class="state"></div>{ADDING}{TOKEN}'),
    )
    tabs = "".join(
        f'<button type="button" data-panel="{name}" aria-expanded="false" aria-controls="panel-{name}">{label}</button>'
        for name, label, _ in panels
    )
    bodies = "".join(
        f'<section class="panel" id="panel-{name}" aria-label="{label}" hidden>{body}</section>'
        for name, label, body in panels
    )
    return f'<div class="tabs">{tabs}</div>{bodies}'


def _filter(status: ArchiveStatus) -> str:
    earliest, latest = (value.isoformat() if value else "" for value in (status.oldest, status.newest))
    limits = f'min="{earliest}" max="{latest}"' if earliest else ""
    days = "".join(
        f'<label>{label} <input type="date" name="{name}" {bounds}></label>'
        for name, label, bounds in (("since", "From", limits), ("until", "to", limits), ("now", "Asked as of", ""))
    )
    orders = "".join(f'<option value="{value}">{label}</option>' for value, label in _ORDERS)
    outlets = "".join(
        f'<label><input type="checkbox" name="source" value="{escape(name)}"> <bdi>{escape(name)}</bdi>'
        f" <span>{number:,}</span></label>"
        for name, number in status.sources.items()
        if name
    )
    many = len(status.sources) > _MANY_OUTLETS
    finder = '<input type="search" data-find placeholder="Find an outlet" aria-label="Find an outlet">' if many else ""
    legend = f"<legend>Outlets</legend>{finder}"
    choice = f'<fieldset class="choice">{legend}<div>{outlets}</div></fieldset>' if outlets else ""
    return (
        f'<div class="days">{days}<label>Order <select name="sort">{orders}</select></label></div>{choice}'
        '<button type="button" data-clear>Clear all filters</button>'
    )


def _operators() -> str:
    rows = "".join(f"<dt><code>{escape(sign)}</code></dt><dd>{meaning}</dd>" for sign, meaning in _OPERATORS)
    return f"<p>A question may hold these, anywhere:</p><dl>{rows}</dl>"
