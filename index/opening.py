"""Opening the archive of an index: once, or to stay with it while it is rebuilt."""

import contextlib
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, TypeAlias

from corpus import Settings
from index.archive import Archive
from index.audit import note
from index.building.publishing import roll_back
from index.generations.generation import NoIndexError, current, last_sound, live_manifest
from index.generations.manifest import Fingerprint, Manifest
from index.live import LiveArchive
from index.local import LocalArchive
from index.models.embedder import Embedder

if TYPE_CHECKING:
    from index.opensearch.live import LiveStore


# An archive that is rebuilt now and then, wherever it is: each use is of the newest sound state of it.
Live: TypeAlias = "LiveArchive | LiveStore"


def live_archive(settings: Settings, embedder: Embedder | None = None) -> Live:
    """The archive of the settings, wherever it is; UserError where there is none, or other settings made it."""
    if settings.store:
        from index.opensearch.live import LiveStore

        return LiveStore(settings, Fingerprint.of(settings, embedder))
    return LiveArchive(settings, embedder)


def published(settings: Settings) -> Manifest:
    """What the live state of the archive was made of; NoIndexError where there is none."""
    if settings.store:
        from index.opensearch import editions, live

        return editions.live_edition(live.engine_of(settings)).manifest
    return live_manifest(settings.index)


def exists(settings: Settings) -> bool:
    """Whether there is an archive, in whatever state."""
    if not settings.store:
        return bool(current(settings.index))
    with contextlib.suppress(NoIndexError):
        return bool(published(settings).name)
    return False


def go_back(settings: Settings) -> Manifest:
    """Make the state before the live one live again; what it was made of. UserError where there is none."""
    if not settings.store:
        return roll_back(settings.index)
    from index.opensearch import editions, live

    manifest = editions.roll_back(live.engine_of(settings)).manifest
    note(settings.index, "rollback", generation=manifest.name)
    return manifest


@contextlib.contextmanager
def sound_archive(settings: Settings) -> Iterator[tuple[Archive, str]]:
    """The archive of the settings whatever model made it, and a notice where an older generation stands in."""
    if settings.store:
        from index.opensearch.live import LiveStore

        with LiveStore(settings, None).use() as archive:
            yield archive, ""
        return
    generation, notice = last_sound(settings.index)
    with closing(generation):
        yield LocalArchive(generation), notice
