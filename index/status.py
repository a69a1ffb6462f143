"""How an archive stands, in a folder or on a cluster: what it was made of, whether it is sound; and going back."""

import contextlib

from corpus import Settings, UserError
from corpus.settings import BUNDLED_MODEL, NEWS_MODEL
from index.audit import note
from index.building.publishing import roll_back
from index.generations.forgotten import forgotten
from index.generations.generation import Generation, NoIndexError, current, damaged, live_manifest, sync_command
from index.generations.holding import check_files
from index.generations.manifest import FORMAT, Manifest
from index.models.model_files import model_fingerprint
from index.opensearch import beside, editions
from index.opensearch.live import engine_of
from index.opensearch.writer import verify_live
from index.verify import verify_stores


def published(settings: Settings) -> Manifest:
    """What the live state of the archive was made of; NoIndexError where there is none."""
    if settings.store:
        return editions.live_edition(engine_of(settings)).manifest
    return live_manifest(settings.index)


def exists(settings: Settings) -> bool:
    """Whether there is an archive, in whatever state."""
    if not settings.store:
        return bool(current(settings.index))
    with contextlib.suppress(NoIndexError):
        return bool(published(settings).name)
    return False


def taken_down(settings: Settings) -> tuple[str, ...]:
    """The ids and paths that were taken down, sorted: the next build leaves them out."""
    return beside.forgotten(engine_of(settings)) if settings.store else forgotten(settings.index)


def check(settings: Settings) -> Manifest:
    """Check all files and stores in full; what the archive was made of. UserError where something is wrong."""
    if settings.store:
        return verify_live(engine_of(settings))
    with contextlib.closing(Generation.open(settings.index)) as generation:
        manifest = generation.manifest
        try:
            check_files(generation.folder, manifest.files, whole=True)
            verify_stores(generation.folder, generation.articles, manifest.fingerprint.language)
        except (OSError, ValueError, RuntimeError) as error:
            raise damaged(settings.index, error, manifest.corpus) from error
    return manifest


def outdated(settings: Settings) -> str:
    """How an index is rebuilt that an earlier version of Dateline, or its default model, made; "" for any other."""
    with contextlib.suppress(UserError):  # which opening it tells
        manifest = published(settings)
        other_model = settings.model == NEWS_MODEL and manifest.fingerprint.model == model_fingerprint(BUNDLED_MODEL)
        if other_model or manifest.format != FORMAT:
            command = sync_command(settings.index, manifest.corpus, full=True)
            return f"The index was made by an earlier version of Dateline and is rebuilt first, as by: {command}"
    return ""


def go_back(settings: Settings) -> Manifest:
    """Make the state before the live one live again; what it was made of. UserError where there is none."""
    if not settings.store:
        return roll_back(settings.index)
    manifest = editions.roll_back(engine_of(settings)).manifest
    note(settings.index, "rollback", generation=manifest.name)
    return manifest
