"""The chat page: Gradio components and their events, and the program that serves them. What they do is in qa.page."""

import argparse
import contextlib
import ctypes
import functools
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read once, when gradio is imported

import gradio as gr
from starlette.requests import Request

from corpus import Settings
from corpus.console import ConsoleProgress, run
from index import sync
from index.audit import SOURCE
from index.generations.origin import other_origin
from index.models.choice import embedder_of
from index.models.embedder import Embedder
from index.status import exists, outdated
from qa.page import asset, script
from qa.page.feed import route
from qa.page.handlers import Handlers
from qa.web.access import Access, credentials
from qa.web.api import Api, verbs_of, with_error
from qa.web.archives import Archives, Served, opened, settings_of
from qa.web.guard import Guard, bound
from qa.web.indexer import Indexer
from qa.web.model import LanguageModel

AT_ONCE = 8  # endpoint calls answered at the same time; further ones wait in the queue
M_MMAP_THRESHOLD = -3  # its number in malloc.h
# Server name, port, share and root path are left to GRADIO_* variables.
LAUNCH: dict[str, Any] = {
    "theme": gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
    "head": f"<style>{asset('page.css')}</style>",  # css= would come later, and once more with another prefix
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "max_file_size": "1kb",
    "state_session_capacity": 100,  # what Gradio keeps of a session is not needed; it grows with what was shown
    "prevent_thread_lock": True,
    "quiet": True,
}


def mend(blocks: gr.Blocks) -> None:
    """Keep two habits of Gradio from callers: clients fetch a "path" as a file, and too few values give a traceback."""
    config, inputs = blocks.get_config_file, blocks.validate_inputs

    def validate(*given: object) -> None:
        try:
            inputs(*given)
        except ValueError as error:
            message = "The call has too few values; /gradio_api/openapi.json describes them."
            raise gr.Error(message, print_exception=False) from error

    blocks.get_config_file = lambda: {**config(), "protocol": "sse_v2.1"}
    blocks.validate_inputs = validate


def build_page(archives: Archives, access: Access) -> gr.Blocks:
    """The page with what its scripts call, and an endpoint for each verb of `Api`; serve it with `launch`."""
    handlers = Handlers(archives)

    def called(name: str) -> Callable[..., dict[str, Any]]:
        def call(sent: object, request: gr.Request) -> dict[str, Any]:
            SOURCE.set(f"page, {request.client.host if request.client else 'unknown'}")
            return handlers.call(name, sent, writable=access.admits(request.headers))

        call.__name__ = name
        return call

    refused = functools.partial(gr.Error, print_exception=False)
    with gr.Blocks(title="Dateline", fill_width=True) as blocks:
        for verb in verbs_of({one.name: Api(one.retriever) for one in archives}):
            gr.api(with_error(verb, refused), concurrency_limit=AT_ONCE, concurrency_id="api")
        html, verbs = handlers.call("whole", {})["html"], [called(name) for name in handlers.verbs]
        gr.HTML(html, js_on_load=script(), server_functions=verbs, apply_default_css=False)
    mend(blocks)
    return blocks


def launch(blocks: gr.Blocks, access: Access, archives: Archives, **options: Any) -> str:  # noqa: ANN401 (as Gradio)
    """Serve the page and the feeds in threads of their own, guarded; the address. `options` go to Gradio's `launch`."""
    users = credentials()
    named = (f"//{os.environ.get('GRADIO_SERVER_NAME', '')}", os.environ.get("GRADIO_ROOT_PATH", ""))
    hosts = {urlsplit(address).hostname for address in named}

    @contextlib.asynccontextmanager
    async def guarded(app: Any) -> AsyncIterator[None]:  # noqa: ANN401 (as Gradio)
        def logged_in(request: Request) -> bool:
            cookies = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
            return any(request.cookies.get(name) in app.tokens for name in cookies)

        app.router.routes.insert(0, route(archives, users, logged_in))
        unguarded = app.middleware_stack
        app.middleware_stack = Guard(unguarded, access, hosts)  # around all of Gradio, before the first request
        yield
        app.middleware_stack = unguarded

    _, local, shared = blocks.launch(**{**LAUNCH, "auth": users, "app_kwargs": {"lifespan": guarded}, **options})
    hosts |= {urlsplit(address or "").hostname for address in (local, shared)}
    bound(blocks.server.config)
    return str(shared or local)


def keep_memory_level() -> None:
    """Have glibc give freed blocks of 128 KiB back to the system instead of keeping them for its threads."""
    with contextlib.suppress(OSError, AttributeError):  # There is no glibc.
        ctypes.CDLL("libc.so.6").mallopt(M_MMAP_THRESHOLD, 128 * 1024)


def made(settings: Settings, embedder: Embedder) -> bool:
    """Whether the index was made first: where there is none, or one of an earlier version or its default model."""
    earlier = outdated(settings)
    for words in filter(None, (other_origin(settings), earlier)):
        sys.stderr.write(words + "\n")
    if not earlier and exists(settings):
        return False
    progress = ConsoleProgress()
    sync(settings.corpus, settings.index, progress=progress, embedder=embedder, full=bool(earlier))
    progress.end()
    return True


def serve(served: Mapping[str, Settings], *, watch: bool = True) -> int:
    """Serve archives, by their names, on one page until interrupted; all share the models. Raises UserError.

    An index that has to be made is made first; others are updated beside the page, with `watch` at every change.
    """
    keep_memory_level()
    admitted = Access.from_environment()
    # The mistakes in these settings are told before the index is built.
    credentials()
    LanguageModel.from_environment()
    embedder = embedder_of(next(iter(served.values())).model)
    updated = {name for name, settings in served.items() if made(settings, embedder)}
    with opened(served, embedder) as retrievers:
        each = []
        for name, retriever in retrievers.items():
            indexer = Indexer(served[name], embedder=embedder, watch=watch)
            if watch or name not in updated:
                indexer.rebuild()
            each.append(Served(retriever, indexer, name))
        archives = Archives(each)
        blocks = build_page(archives, admitted)
        address = launch(blocks, admitted, archives)
        sys.stderr.write(f"Dateline is at {address} (Ctrl-C stops it)\n")
        sys.stderr.write(f"To update the index and add articles, open it as {address}?key={admitted.key}\n")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
        for one in archives:
            one.indexer.cancel()
        blocks.close(verbose=False)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the chat page; 0 when interrupted, 2 after an error that the user can mend."""
    parser = argparse.ArgumentParser(prog="dateline", description="Serve the chat page of a news archive.")
    of_corpus = "folder of articles (default: DATELINE_CORPUS, then the index's own); of several, once for each"
    of_index = "folder of the index (default: DATELINE_INDEX, then var/index); repeat it to serve several archives"
    for option, told in (("--corpus", of_corpus), ("--index", of_index)):
        parser.add_argument(option, action="append", default=[], metavar="DIR", help=told)
    parser.add_argument("--no-watch", action="store_true", help="update the index at the start and on request only")
    return run(parser, lambda given: serve(settings_of(given.index, given.corpus), watch=not given.no_watch), argv)


if __name__ == "__main__":
    sys.exit(main())
