"""The panel of the archive: its folder and last build, a new build and how far it is, and a form for new articles."""

from collections.abc import Sequence

from corpus import Problem, Settings
from index import SyncReport
from qa.page.markup import count, escape
from qa.web.builds import Work

_MOST_FAILED = 100

TOKEN = (
    '<p class="token"><label>Token, from another machine '
    '<input type="password" data-field="token" autocomplete="off"></label></p>'
)
ADDING = (
    '<details class="adding"><summary>Add articles</summary><div class="days">'
    '<label>Headline <input type="text" data-field="title"></label>'
    '<label>Outlet <input type="text" data-field="source"></label>'
    '<label>Published <input type="date" data-field="published"></label></div>'
    '<label>Text <textarea data-field="text" rows="5"></textarea></label>'
    '<p class="doing"><button type="button" data-archive="add">Add this article</button>'
    '<label class="drop">or choose files, or drop them here <input type="file" multiple></label>'
    "</p></details>"
)


def build_state(work: Work, said: str = "", *, following: bool = False) -> str:
    """How far the build is, with a way to cancel it; or how it ended, with ways to begin one, now or after a change."""
    words = f'<p class="said" role="status">{escape(said or work.words)}</p>' if said or work.words else ""
    if work.running:
        return (
            f'{words}<p class="doing" data-running><progress max="1" value="{work.share:.3f}" aria-label="The build">'
            '</progress> <button type="button" data-archive="cancel">Cancel</button></p>'
        )
    following_it = (
        "<span data-following>The index follows the folder.</span> "
        '<button type="button" data-archive="unfollow">Stop following</button>'
        if following
        else '<button type="button" data-archive="follow">Follow the folder</button>'
    )
    return (
        f'{words}<p class="doing"><button type="button" data-archive="rebuild">Rebuild the index</button> '
        f"{following_it}</p>"
    )


def build_report(settings: Settings, report: SyncReport, changed: int) -> str:
    """The folder, what has changed in it since, and what the last build made of it."""
    changes = f"{count(changed, 'file')} changed since" if changed else "no file changed since"
    return (
        f"<p>Articles come from <code>{escape(str(settings.corpus))}</code>; {changes}.</p>"
        f"<p>The last build gave {count(report.articles, 'article')} in {count(report.chunks, 'chunk')}"
        f" ({report.added:,} added, {report.updated:,} updated, {report.removed:,} removed)"
        f" in {report.seconds:.1f} s.</p>"
        f"{_failed(report.failed)}"
    )


def _failed(problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    rows = "".join(
        f"<li><bdi>{escape(problem.path)}</bdi>{'' if problem.record is None else f', record {problem.record}'}:"
        f" {escape(problem.reason)}</li>"
        for problem in problems[:_MOST_FAILED]
    )
    rest = len(problems) - _MOST_FAILED
    more = f"<li>and {rest:,} more: python -m index status --json</li>" if rest > 0 else ""
    return f"<details><summary>{len(problems):,} gave no article</summary><ul>{rows}{more}</ul></details>"
