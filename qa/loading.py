"""The models that answers need: loaded before the first question, or meanwhile."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

from corpus import UserError
from corpus.message import Message
from index.archive import Archive
from index.models.embedder import Embedder, GoneError, Vectors, check_same, question_vectors
from index.opening import Live
from qa.answer import LOADING
from qa.reading.close import LANGUAGE
from qa.reading.reader import Reader


class Models:
    """The embedder of a retriever and its reader, if any; `ready` once they are loaded."""

    def __init__(self, embedder: Embedder, reader: Reader | None, *, ready: bool) -> None:
        self.embedder = embedder
        self.reader = reader
        self.ready = ready
        self._trouble = ""

    @property
    def notice(self) -> str:
        """Why passages are found without the models, in a sentence; empty where they are not."""
        return self._trouble or ("" if self.ready else LOADING)

    def vector(self, question: str, archive: Archive) -> Vectors | None:
        """None while there is no model, or its server is away or has another one, of which `notice` then speaks."""
        if not self.ready:
            return None
        try:
            vector: Vectors = question_vectors(self.embedder, [question])[0]
            check_same(self.embedder, archive.summary.probe)
        except GoneError as error:
            self._fail(error)
            return None
        self._trouble = ""
        return vector

    def reads(self, archive: Archive) -> bool:
        """Whether there is a reader for the language of an archive."""
        return self.reader is not None and archive.summary.language == LANGUAGE

    def load(self, live: Live, *, patiently: bool = True) -> None:
        """Load the models, and open the vectors of the archive meanwhile; UserError where a model cannot be loaded.

        A server that is away is asked as long as a build asks it, if `patiently`, else once, as a question asks it.
        """
        with ThreadPoolExecutor(1, "dateline-vectors") as thread:
            opening = thread.submit(live.open_vectors)
            if patiently:
                self.embedder.encode(["warm"])
            else:
                question_vectors(self.embedder, ["warm"])
            # Closed meanwhile: then nobody waits for the models.
            with contextlib.suppress(ValueError), live.use() as archive:
                check_same(self.embedder, archive.summary.probe)
                if self.reader and self.reads(archive):
                    self.reader.load()
        with contextlib.suppress(ValueError):
            opening.result()
        self.ready = True

    def load_in_background(self, live: Live) -> None:
        """The same in another thread; `notice` tells what went wrong."""
        threading.Thread(target=self._try_to_load, args=(live,), name="dateline-model", daemon=True).start()

    def _try_to_load(self, live: Live) -> None:
        try:
            self.load(live, patiently=False)
        except (UserError, OSError, RuntimeError, ImportError) as error:
            self._fail(error)
            self.ready = isinstance(error, GoneError)  # Each question tries anew.

    def _fail(self, error: Exception) -> None:
        trouble = error.message if isinstance(error, UserError) else str(error)
        self._trouble = Message("%(trouble)s Passages are found by words and dates alone.", trouble=trouble)
