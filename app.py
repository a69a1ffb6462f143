"""The chat page: Gradio components and their events, and the program that serves them. What is said is made in qa."""

import argparse
import contextlib
import ctypes
import functools
import logging
import os
import sys
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read once, when gradio is imported

import gradio as gr

from corpus import Settings, UserError
from corpus.console import ConsoleProgress, run
from index import sync
from index.generations.origin import other_origin, settings_for
from index.models.embedder import SentenceTransformerEmbedder
from qa import Retriever, page
from qa.remembered import Remembered
from qa.web.access import refuse_strangers
from qa.web.api import Doors, telling
from qa.web.builds import Newsroom
from qa.web.export import export
from qa.web.inquiry import Inquiry

AT_ONCE = 8  # endpoint calls answered at the same time; further ones wait in the queue
WAKING_SECONDS, AWAKE_SECONDS = 3, 30  # between two looks at the archive: while it is empty or the model loads, later

MOST_KEPT = 50  # questions of a kept conversation that are asked again
M_MMAP_THRESHOLD = -3  # its number in malloc.h
# What the browser knows goes along; it empties the box itself, unless something else was typed meanwhile.
SENT = "(question, _, turns) => [question, window.dateline.sent(question), turns]"

Turns = tuple[page.Turn, ...]
log = logging.getLogger(__name__)

# Server name, port, share and root path are left to GRADIO_* variables.
LAUNCH: dict[str, Any] = {
    "theme": gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
    "head": f"<style>{page.CSS.read_text('utf-8')}</style>",  # css= would come later, and once more with another prefix
    "js": page.PAGE_SCRIPT.read_text("utf-8"),
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "max_file_size": "1kb",
    "prevent_thread_lock": True,
    "quiet": True,
}


class Desk:
    """What the events of the page call. The turns of one conversation travel through every call."""

    def __init__(self, retriever: Retriever, newsroom: Newsroom) -> None:
        """Store what the answers come from, and who keeps it."""
        self.retriever = retriever
        self.newsroom = newsroom
        self.settings = newsroom.settings
        self._answered = Remembered[Hashable, page.Turn](4 * MOST_KEPT)

    def look(self) -> tuple[Any, ...]:
        """Masthead, what stands there before the first question, tools, outlets, and when to look again."""
        status = self.retriever.status()
        front = page.front_page(self.retriever.examples()) if status.articles else page.empty_page(self.settings)
        awake = status.model_ready and status.articles
        timer = gr.Timer(AWAKE_SECONDS if awake else WAKING_SECONDS)
        masthead = page.masthead(status, self.newsroom.changes, self.newsroom.trouble)
        return masthead, front, page.tools(status), page.rail(status), timer

    def ask(self, question: str, sent: dict[str, Any], turns: Turns) -> tuple[Any, ...]:
        """Message, conversation, viewer and turns after a question; after an error only a message."""
        turns = self._restored(turns, sent["queries"])
        history = tuple(turn.answer.question for turn in turns)
        inquiry = replace(Inquiry.read(sent["limits"]), question=question, history=history)
        return self._with(inquiry, turns, len(turns))

    def ask_example(self, event: gr.EventData, turns: Turns) -> tuple[Any, ...]:
        """The same for a question that stands on the page."""
        return self.ask(event.question, {"limits": event.limits, "queries": event.queries}, turns)

    def refine(self, event: gr.EventData, turns: Turns) -> tuple[Any, ...]:
        """Message, conversation, viewer and turns after a question of the conversation was asked otherwise."""
        return self._with(Inquiry.read(event.query), self._restored(turns, event.queries), int(event.turn))

    def open(self, event: gr.EventData) -> tuple[Any, ...]:
        """The same after a conversation was asked again from its links; what cannot be asked now is left out."""
        return self._opened(event.kept)

    def _opened(self, queries: Sequence[str]) -> tuple[Any, ...]:
        shown: tuple[Any, ...] = (page.message(), gr.skip(), gr.skip(), ())
        for query in queries[-MOST_KEPT:]:
            asked = self._with(Inquiry.read(query), shown[-1], len(shown[-1]), again=True)
            shown = shown if shown[-1] and asked[-1] is shown[-1] else asked
        return shown

    def _restored(self, turns: Turns, queries: Sequence[str]) -> Turns:
        """The turns; asked again where the page shows some that are gone, as it outlived the program that made it."""
        return turns or self._opened(queries)[-1]

    def _with(self, inquiry: Inquiry, turns: Turns, place: int, *, again: bool = False) -> tuple[Any, ...]:
        """Message, conversation, viewer and turns with an inquiry at a place, answered and open."""
        try:
            turn = self._turn(inquiry, again=again)
        except UserError as error:
            return page.message(str(error), "trouble"), gr.skip(), gr.skip(), turns
        except Exception:
            log.exception("A question could not be answered")
            return page.message(page.BROKEN, "trouble"), gr.skip(), gr.skip(), turns
        turns = (*turns[:place], turn, *turns[place + 1 :])
        shown = min(place, len(turns) - 1)  # a question before it may be one that cannot be asked any more
        return page.message(page.found(turn.answer)), page.conversation(turns, shown), "", turns

    def _turn(self, inquiry: Inquiry, *, again: bool) -> page.Turn:
        """The inquiry with its answer; where it is only shown `again`, and the archive is the same, that of before."""
        status = self.retriever.status()
        asked = (inquiry, status.generation, status.now, status.notices)
        if again and (turn := self._answered.get(asked)):
            return turn
        turn = page.Turn.of(inquiry, inquiry.asked_of(self.retriever), self.retriever.article)
        self._answered.put(asked, turn)
        return turn

    def read(self, event: gr.EventData, turns: Turns) -> tuple[Any, ...]:
        """Message, viewer for the passage that was chosen, and turns."""
        turns, turn = self._restored(turns, event.queries), int(event.turn)
        return page.message(), page.viewer(turns[turn].answer, turn, int(event.passage)), turns

    def show(self, event: gr.EventData, turns: Turns) -> tuple[Any, ...]:
        """Message, conversation with another of its answers open, a closed viewer, and turns."""
        turns = self._restored(turns, event.queries)
        return page.message(), page.conversation(turns, int(event.turn)), "", turns

    def exported(self, wanted: dict[str, str]) -> dict[str, str]:
        """The answer to an inquiry as a file of the wanted form: name, kind, content. ValueError for no such form."""
        return export(Inquiry.read(wanted["query"]).asked_of(self.retriever), wanted["form"])._asdict()

    def quoted(self, words: str) -> str:
        """What the archive knows of a quotation, or why that cannot be told."""
        try:
            return page.findings.quote_check(self.retriever.check_quote(words))
        except UserError as error:
            return page.findings.quote_refused(str(error))

    def approve(self, event: gr.EventData, turns: Turns, request: gr.Request) -> str:
        """Message after a reader said that a passage answers the question."""
        turn = self._restored(turns, event.queries)[int(event.turn)]
        try:
            admit(request, event.token)
        except UserError as error:
            return page.message(str(error), "trouble")
        self.newsroom.note(turn.answer, int(event.passage), day_given=bool(turn.inquiry.now))
        return page.message(page.NOTED, "done")

    def archive(self, wanted: dict[str, Any], request: gr.Request) -> dict[str, Any]:
        """What the archive panel shows after it was looked at, built or added to: report (or ""), state, all well."""
        said, report, done = "", "", True
        try:
            if wanted["does"] not in ("look", "peek"):
                admit(request, wanted.get("token", ""))
                said = self._done(wanted)
            elif wanted["does"] == "look" and (self.settings.index / "CURRENT").exists():
                report = page.build_report(self.settings, self.newsroom.report(), self.newsroom.changed())
        except UserError as error:
            said, done = str(error), False
        state = page.build_state(self.newsroom.work, said, following=self.newsroom.following)
        return {"report": report, "state": state, "done": done}

    def _done(self, wanted: dict[str, Any]) -> str:
        """Do what is wanted of the archive, and say what was done. UserError where that cannot be."""
        does, room = wanted["does"], self.newsroom
        if does in ("rebuild", "cancel", "follow", "unfollow"):
            getattr(room, does)()
        elif does == "add":
            return f"Added as {room.add(*(wanted[name] for name in ('title', 'text', 'published', 'source')))}."
        elif does == "drop":
            return f"Added as {', '.join(room.add_files(wanted['files']))}."
        return ""

    def restart(self) -> tuple[Any, ...]:
        """Message, conversation, viewer and turns of a new conversation."""
        return page.message(), "", "", ()


def admit(request: gr.Request, token: str = "") -> None:
    """UserError for who may not write."""
    refuse_strangers(request.client.host if request.client else "", request.headers, token)


def told(door: Callable[..., object]) -> Callable[..., object]:
    """The door with UserError as Gradio's own error, whose sentence reaches the caller."""
    return telling(door, functools.partial(gr.Error, print_exception=False))


def question_box() -> gr.Textbox:
    """The question box, one line."""
    return gr.Textbox(
        elem_id="question",
        label="Question",
        placeholder="Ask the archive a question",
        show_label=False,
        container=False,
        max_lines=1,
        autofocus=True,
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="search"),
    )


def send_paths_as_words(blocks: gr.Blocks) -> None:
    """Keep gradio_client from fetching every passage's "path" as a file, which it does in Gradio's usual protocol.

    In this one, which it speaks as well, files bear a mark of their own, and passages arrive as they were sent.
    """
    usual = blocks.get_config_file
    blocks.get_config_file = lambda: {**usual(), "protocol": "sse_v2.1"}


def credentials() -> list[tuple[str, str]] | None:
    """Who may open the page and its endpoints, from DATELINE_AUTH: "user:password", several with commas between.

    None where everybody may. UserError for anything else.
    """
    given = os.environ.get("DATELINE_AUTH", "")
    users = [(user.strip(), password) for user, _, password in (words.partition(":") for words in given.split(","))]
    if given and not all(user and password for user, password in users):
        message = "DATELINE_AUTH is not of the form user:password; write it so, or unset it to let everybody in."
        raise UserError(message)
    return users if given else None


def build_page(retriever: Retriever, newsroom: Newsroom) -> gr.Blocks:
    """The page with its events, and an endpoint for each verb of `Doors`; launch it with LAUNCH."""
    desk, doors = Desk(retriever, newsroom), Doors(retriever)
    # Past the queue an answer takes one request instead of two.
    quick: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
    asking: dict[str, Any] = {**quick, "show_progress": "minimal"}
    script = page.PART_SCRIPT.read_text("utf-8")
    with gr.Blocks(title="Dateline", fill_width=True) as blocks:
        for verb in doors.verbs:  # before the events, which would take the same names
            gr.api(told(verb), concurrency_limit=AT_ONCE, concurrency_id="doors")
        turns, clock, sent = gr.State(()), gr.Timer(WAKING_SECONDS), gr.JSON(visible=False)
        sight = desk.look()
        masthead = gr.HTML(sight[0], elem_id="masthead", apply_default_css=False)
        with gr.Row(elem_id="asking"):
            question = question_box()
            button = gr.Button("Ask", elem_id="ask", scale=0, min_width=80)
        tools_script, verbs = page.TOOLS_SCRIPT.read_text("utf-8"), [told(desk.archive), told(desk.quoted)]
        tools = gr.HTML(
            sight[2], elem_id="tools", js_on_load=tools_script, server_functions=verbs, apply_default_css=False
        )
        message = gr.HTML(page.message(), elem_id="message", apply_default_css=False)
        with gr.Row(elem_id="desk"):
            # Looks write no answers, lest one that was under way wipe out an answer that came before it.
            front = gr.HTML(sight[1], elem_id="front", js_on_load=script, apply_default_css=False)
            conversation = gr.HTML(
                elem_id="conversation",
                js_on_load=script,
                server_functions=[told(desk.exported)],
                apply_default_css=False,
            )
            viewer = gr.HTML(elem_id="viewer", js_on_load=script, apply_default_css=False)
            rail = gr.HTML(sight[3], elem_id="rail", apply_default_css=False)

        answered = [message, conversation, viewer, turns]
        asked = [question, sent, turns]
        gr.on([question.submit, button.click], desk.ask, asked, answered, js=SENT, **asking)
        front.ask(desk.ask_example, turns, answered, **asking)
        for part in (conversation, tools):
            part.refine(desk.refine, turns, answered, **asking)
        tools.open(desk.open, None, answered, **asking)
        conversation.show(desk.show, turns, answered, **quick)
        conversation.restart(desk.restart, None, answered, **quick)
        conversation.approve(desk.approve, turns, message, **quick)
        for part in (conversation, viewer):
            part.read(desk.read, turns, [message, viewer, turns], **quick)
        viewer.close(None, None, viewer, js="() => ''", **quick)
        for look in (blocks.load, clock.tick, tools.renew):
            look(desk.look, None, [masthead, front, tools, rail, clock], **quick)
    send_paths_as_words(blocks)
    return blocks


def keep_memory_level() -> None:
    """Have glibc give freed blocks of 128 KiB and more back to the system; elsewhere do nothing.

    By itself it comes to take ever larger ones from the arenas of its threads, which keep what is freed.
    """
    with contextlib.suppress(OSError, AttributeError):  # There is no glibc.
        ctypes.CDLL("libc.so.6").mallopt(M_MMAP_THRESHOLD, 128 * 1024)


def serve(settings: Settings) -> int:
    """Serve the page until interrupted. Raises UserError.

    A corpus without an index is indexed first, another one beside the page, which notices a new generation by itself.
    """
    keep_memory_level()
    users, embedder = credentials(), None
    if words := other_origin(settings):
        sys.stderr.write(words + "\n")
    indexed = (settings.index / "CURRENT").exists()
    if not indexed:
        progress, embedder = ConsoleProgress(), SentenceTransformerEmbedder(settings.model)
        sync(settings.corpus, settings.index, progress=progress, embedder=embedder)
        progress.end()
    with Retriever.open(settings.index, wait=False, embedder=embedder) as retriever:
        newsroom = Newsroom(settings, embedder=retriever.embedder)
        if indexed:
            newsroom.rebuild()
        blocks = build_page(retriever, newsroom)
        _, local, shared = blocks.launch(**LAUNCH, auth=users)
        sys.stderr.write(f"Dateline is at {shared or local} (Ctrl-C stops it)\n")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
        blocks.close(verbose=False)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the chat page; 0 when interrupted, 2 after an error that the user can mend."""
    parser = argparse.ArgumentParser(prog="dateline", description="Serve the chat page of a news archive.")
    parser.add_argument("--corpus", help="folder of articles (default: DATELINE_CORPUS, then the index's own)")
    parser.add_argument("--index", help="folder of the index (default: DATELINE_INDEX, then var/index)")
    return run(parser, lambda given: serve(settings_for(given.corpus, given.index)), argv)


if __name__ == "__main__":
    sys.exit(main())
