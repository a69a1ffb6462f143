"""A local index beside the same archive on OpenSearch: equal answers, times, memory, and what a failing machine costs.

    python -m benchmarks.cluster --index DIR --questions FILE [--nodes 3] [--heap 1g]

Starts a cluster of its own on this machine (tests/cluster), copies the index into it, and prints one JSON object. Times
are in milliseconds, p50 and p95; both stores are asked in turns.
"""

from collections.abc import Iterator
from itertools import islice

from corpus.stories import signature
from index.generations.generation import Generation
from index.opensearch.editions import building, edition, live_state
from index.opensearch.engine import Engine
from index.opensearch.writer import OpenSearchWriter
from index.writer import Prepared

_AT_ONCE = 300  # articles


def copy_index(generation: Generation, engine: Engine) -> int:
    """Put all that a generation holds into a new archive, with its vectors; the number of chunks."""
    with building(engine):
        state = live_state(engine)
        before = edition(engine, state.index, state.edition) if state else None
        language, dimension = generation.manifest.fingerprint.language, int(generation.vectors.shape[1])
        writer = OpenSearchWriter(engine, before, language, whole=True, dimension=dimension)
        articles = _prepared(generation)
        while part := list(islice(articles, _AT_ONCE)):
            writer.put(part)
        writer.verify()
        writer.publish(generation.manifest)
    return generation.manifest.report.chunks


def _prepared(generation: Generation) -> Iterator[Prepared]:
    store = generation.articles
    for place, (article, story) in enumerate(zip(store.articles(), store.stories(), strict=True)):
        chunks = store.chunks_at(place)
        spans = tuple((chunk.start, chunk.end) for chunk in chunks)
        vectors = generation.vectors[chunks[0].row : chunks[-1].row + 1]
        yield Prepared(article, story, spans, vectors, signature(article.text), (article.path.partition("!")[0],))
