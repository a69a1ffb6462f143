"""The chat page: Gradio components and their events, and the program that serves them. What they do is in qa.page."""

import argparse
import contextlib
import ctypes
import functools
import os
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read once, when gradio is imported

import gradio as gr
from starlette.middleware import Middleware
from starlette.requests import Request

from corpus import Settings, UserError
from corpus.console import ConsoleProgress, run
from index import sync
from index.audit import SOURCE
from index.generations.origin import other_origin, settings_for
from index.models.choice import embedder_of
from index.opening import exists
from qa import Retriever
from qa.page import asset, views
from qa.page.handlers import Handlers
from qa.web.access import Access
from qa.web.api import Api, with_error
from qa.web.connections import bound
from qa.web.feed import route
from qa.web.guard import Gate, Guard
from qa.web.indexer import Indexer
from qa.web.watched import Watchlist

AT_ONCE = 8  # endpoint calls answered at the same time; further ones wait in the queue
WAKING_SECONDS, AWAKE_SECONDS = 3, 30  # between two looks at the archive: while it is empty or the model loads, later
M_MMAP_THRESHOLD = -3  # its number in malloc.h
TOOL_CALLS = ("archive", "quoted", "batched", "watched")
# What the browser knows goes along; it empties the box itself, unless something else was typed meanwhile.
SENT = "(question, _) => [question, window.dateline.sent(question)]"

# Server name, port, share and root path are left to GRADIO_* variables.
LAUNCH: dict[str, Any] = {
    "theme": gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
    "head": f"<style>{asset('page.css')}</style>",  # css= would come later, and once more with another prefix
    "js": asset("page.js"),
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "max_file_size": "1kb",
    "state_session_capacity": 100,  # what Gradio keeps of a session is not needed; it grows with what was shown
    "prevent_thread_lock": True,
    "quiet": True,
}
BOX: dict[str, Any] = {
    "elem_id": "question",
    "label": "Question",
    "placeholder": "Ask the archive a question",
    "show_label": False,
    "container": False,
    "max_lines": 1,
    "autofocus": True,
    "html_attributes": gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="search"),
}


class Events:
    """The events of the page as Gradio calls them: each with the request that tells who may write."""

    def __init__(self, handlers: Handlers, access: Access) -> None:
        self.handlers = handlers
        self.access = access

    def look(self, request: gr.Request) -> tuple[Any, ...]:
        """Masthead, front page, tools, outlets, and when to look again."""
        *parts, complete = self.handlers.look(writable=self._may_write(request))
        return *parts, gr.Timer(AWAKE_SECONDS if complete else WAKING_SECONDS)

    def call(self, name: str) -> Callable[..., dict[str, Any]]:
        """What a script of the page calls by that name: one of TOOL_CALLS, or "exported"."""

        def called(sent: object, request: gr.Request) -> dict[str, Any]:
            SOURCE.set(f"page, {request.client.host if request.client else 'unknown'}")
            return self.handlers.call(name, sent, writable=self._may_write(request))

        called.__name__ = name
        return called

    def ask(self, question: object, sent: object, request: gr.Request) -> tuple[Any, ...]:
        """Message, conversation and viewer after a question was typed."""
        return self._answered("ask", {**sent, "question": question} if isinstance(sent, dict) else None, request)

    def on(self, name: str) -> Callable[..., tuple[Any, ...]]:
        """What gives the same after an event of the page's own."""

        def handle(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
            return self._answered(name, vars(event)["_data"], request)

        return handle

    def _answered(self, name: str, values: object, request: gr.Request) -> tuple[Any, ...]:
        reply = self.handlers.handle(name, values, writable=self._may_write(request))
        return tuple(gr.skip() if part is None else part for part in reply)

    def _may_write(self, request: gr.Request) -> bool:
        return self.access.admits(request.headers)


def mendable(verb: Callable[..., object]) -> Callable[..., object]:
    """The verb with UserError as Gradio's own error, whose sentence reaches the caller."""
    return with_error(verb, functools.partial(gr.Error, print_exception=False))


def live(name: str, value: str = "", script: str = "", verbs: Sequence[Callable[..., object]] = ()) -> gr.HTML:
    """A part of the page that a script keeps alive, and the verbs that it may call."""
    return gr.HTML(value, elem_id=name, js_on_load=script, server_functions=[*verbs], apply_default_css=False)


def send_paths_as_words(blocks: gr.Blocks) -> None:
    """Keep gradio_client from fetching every passage's "path" as a file, which it does in Gradio's usual protocol.

    In this one, which it speaks as well, files bear a mark of their own, and passages arrive as they were sent.
    """
    usual = blocks.get_config_file
    blocks.get_config_file = lambda: {**usual(), "protocol": "sse_v2.1"}


def mend_short_calls(blocks: gr.Blocks) -> None:
    """Answer calls with too few values by a sentence instead of a traceback."""
    usual = blocks.validate_inputs

    def validate(*given: object) -> None:
        try:
            usual(*given)
        except ValueError as error:
            message = "The call has too few values; /gradio_api/openapi.json describes them."
            raise gr.Error(message, print_exception=False) from error

    blocks.validate_inputs = validate


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


def access() -> Access:
    """Who may write (DATELINE_ADMIN_TOKEN) and which sites may call (DATELINE_ORIGINS); UserError for no origin."""
    origins = [origin for origin in os.environ.get("DATELINE_ORIGINS", "").split(",") if origin.strip()]
    for origin in origins:
        parts = urlsplit(origin.strip())
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            message = f"“{origin}” in DATELINE_ORIGINS is no origin; write it like https://news.example.org."
            raise UserError(message)
    token = os.environ.get("DATELINE_ADMIN_TOKEN", "")
    return Access(token, frozenset(origin.strip().lower() for origin in origins))


def build_page(retriever: Retriever, indexer: Indexer, access: Access) -> gr.Blocks:
    """The page with its events, and an endpoint for each verb of `Api`; serve it with `launch`."""
    handlers = Handlers(retriever, indexer)
    events = Events(handlers, access)
    # Past the queue an answer takes one request instead of two.
    quick: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
    asking: dict[str, Any] = {**quick, "show_progress": "minimal"}
    script, sight = asset("part.js"), handlers.look()
    with gr.Blocks(title="Dateline", fill_width=True) as blocks:
        for verb in Api(retriever).verbs:  # before the events, which would take the same names
            gr.api(mendable(verb), concurrency_limit=AT_ONCE, concurrency_id="api")
        clock, sent = gr.Timer(WAKING_SECONDS), gr.JSON(visible=False)
        masthead = live("masthead", sight[0])
        with gr.Row(elem_id="asking"):
            question = gr.Textbox(**BOX)
            button = gr.Button("Ask", elem_id="ask", scale=0, min_width=80)
        tools = live("tools", sight[2], asset("tools.js"), [events.call(name) for name in TOOL_CALLS])
        message = live("message", views.message())
        with gr.Row(elem_id="columns"):
            # Looks write no answers, lest one that was under way wipe out an answer that came before it.
            front = live("front", sight[1], script)
            browse = live("browse", "", script)
            conversation = live(
                "conversation", "", script, [events.call(name) for name in ("exported", "related", "composed")]
            )
            viewer = live("viewer", "", script)
            with gr.Column(elem_id="aside"):
                talks = live("talks", views.filled("talks"), asset("talks.js"))
                rail = live("rail", sight[3])

        parts = [message, conversation, viewer, browse]
        gr.on([question.submit, button.click], events.ask, [question, sent], parts, js=SENT, **asking)
        senders = {
            "ask": (front, conversation),
            "refine": (conversation, tools),
            "settle": (conversation,),
            "open": (talks, tools),
            "show": (conversation, tools),
            "restart": (conversation, tools),
            "approve": (conversation,),
            "read": (conversation, viewer),
            "article": (browse, conversation, tools),
            "browse": (browse, conversation, tools),
        }
        for name, part in ((name, part) for name, those in senders.items() for part in those):
            options = asking if name in ("ask", "refine", "settle", "open") else quick
            getattr(part, name)(events.on(name), None, parts, **options)
        viewer.close(None, None, viewer, js="() => ''", **quick)
        browse.close(None, None, [browse, viewer], js="() => ['', '']", **quick)
        for look in (blocks.load, clock.tick, tools.renew):
            look(events.look, None, [masthead, front, tools, rail, clock], **quick)
    send_paths_as_words(blocks)
    mend_short_calls(blocks)
    return blocks


def launch(blocks: gr.Blocks, access: Access, watchlist: Watchlist, **options: Any) -> str:  # noqa: ANN401 (as Gradio)
    """Serve the page and the feeds in threads of their own, guarded; the address. `options` go to Gradio's `launch`."""
    ready = threading.Event()
    gate = {"middleware": [Middleware(Gate, ready)]}
    app, local, shared = blocks.launch(**{**LAUNCH, "auth": credentials(), "app_kwargs": gate, **options})

    def logged_in(request: Request) -> bool:
        names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
        return any(request.cookies.get(name) in app.tokens for name in names)

    app.router.routes.insert(0, route(watchlist, credentials(), logged_in))
    served_at = filter(None, (local, shared, os.environ.get("GRADIO_ROOT_PATH")))
    hosts = [urlsplit(address).hostname or "" for address in served_at]
    config = blocks.server.config
    config.loaded_app = Guard(config.loaded_app, access, hosts)  # outside of all that Gradio put around its app
    bound(config)
    ready.set()
    return str(shared or local)


def keep_memory_level() -> None:
    """Have glibc give freed blocks of 128 KiB and more back to the system; elsewhere do nothing.

    By itself it comes to take ever larger ones from the arenas of its threads, which keep what is freed.
    """
    with contextlib.suppress(OSError, AttributeError):  # There is no glibc.
        ctypes.CDLL("libc.so.6").mallopt(M_MMAP_THRESHOLD, 128 * 1024)


def serve(settings: Settings, *, watch: bool = True) -> int:
    """Serve the page until interrupted. Raises UserError.

    A corpus without an index is indexed first, another one beside the page, which notices a new generation by itself.
    With `watch` the index is updated whenever the corpus has changed.
    """
    keep_memory_level()
    admitted, embedder = access(), None
    credentials()  # whose mistakes are told before the index is built
    if words := other_origin(settings):
        sys.stderr.write(words + "\n")
    if not exists(settings):
        progress, embedder = ConsoleProgress(), embedder_of(settings.model)
        sync(settings.corpus, settings.index, progress=progress, embedder=embedder)
        progress.end()
    with Retriever.open(settings.index, wait=False, embedder=embedder) as retriever:
        indexer = Indexer(settings, embedder=retriever.embedder, watch=watch)
        if watch or embedder is None:
            indexer.rebuild()
        blocks = build_page(retriever, indexer, admitted)
        address = launch(blocks, admitted, Watchlist(retriever, settings.index))
        sys.stderr.write(f"Dateline is at {address} (Ctrl-C stops it)\n")
        sys.stderr.write(f"To update the index and add articles, open it as {address}?key={admitted.key}\n")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
        indexer.cancel()
        blocks.close(verbose=False)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the chat page; 0 when interrupted, 2 after an error that the user can mend."""
    parser = argparse.ArgumentParser(prog="dateline", description="Serve the chat page of a news archive.")
    parser.add_argument("--corpus", help="folder of articles (default: DATELINE_CORPUS, then the index's own)")
    parser.add_argument("--index", help="folder of the index (default: DATELINE_INDEX, then var/index)")
    parser.add_argument("--no-watch", action="store_true", help="update the index at the start and on request only")
    return run(parser, lambda given: serve(settings_for(given.corpus, given.index), watch=not given.no_watch), argv)


if __name__ == "__main__":
    sys.exit(main())
