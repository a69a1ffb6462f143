"""`python -m qa.mcp`: the archive as tools for language models, by the Model Context Protocol on standard streams."""

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from corpus import UserError
from corpus.console import run
from index.models.choice import embedder_of
from qa.web.api import Api, verbs_of, with_error
from qa.web.archives import opened, settings_of

if TYPE_CHECKING:
    from mcp.server import MCPServer

_INSTRUCTIONS = (
    "A news archive. Every passage is word for word what was published, with outlet and date: quote it as it stands and"
    " cite title, source, published and url. Where the verdict is not_in_corpus, say that the archive does not hold it."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until standard input ends; 2 for what the user can mend."""
    parser = argparse.ArgumentParser("python -m qa.mcp", description="Offer the archive as tools over MCP (stdio).")
    of_index = "the index folder (default: var/index); repeat it for several archives"
    parser.add_argument("--index", action="append", default=[], metavar="DIR", help=of_index)
    return run(parser, _serve, arguments)


def server(apis: Mapping[str, Api]) -> "MCPServer":
    """A server with a tool for each of the five verbs of `verbs_of`; UserError where the package mcp is missing."""
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp.types import ToolAnnotations
    except ImportError as error:
        message = 'The MCP server needs the package mcp; install it with: pip install "dateline-qa[mcp]"'
        raise UserError(message) from error
    offered = MCPServer("dateline", instructions=_INSTRUCTIONS, log_level="WARNING")
    reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for verb in verbs_of(apis):
        offered.tool(annotations=reading)(with_error(verb, ToolError))
    return offered


def _serve(options: argparse.Namespace) -> int:
    found = settings_of(options.index, [])
    with opened(found, embedder_of(next(iter(found.values())).model)) as retrievers:
        server({name: Api(retriever) for name, retriever in retrievers.items()}).run("stdio")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
