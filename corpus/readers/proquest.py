"""A story of ProQuest: the headline, then labels, one of which holds the text."""

import re

from corpus.readers.export_lines import Fields, label

_LABELS = {
    "title": ("title", "titel", "titre", "título"),
    "authors": ("author", "authors", "autor", "auteur", "byline"),
    "info": ("publication info", "publication information"),
    "text": ("full text", "volltext", "texte intégral", "texto completo"),
    "source": ("publication title", "titel der publikation", "titre de la publication", "título de publicación"),
    "published": ("publication date", "erscheinungsdatum", "date de publication", "fecha de publicación"),
    "url": ("document url",),
    "id": ("proquest document id",),
    "": ("abstract", "links", "subject", "business indexing term", "location", "people", "company / organization",
         "classification", "identifier / keyword", "pages", "first page", "publication year", "publisher",
         "place of publication", "country of publication", "section", "issn", "source type", "language of publication",
         "document type", "copyright", "full text availability", "last updated", "database", "credit", "dateline",
         "illustration", "volume", "issue", "column", "publication subject", "document feature", "e-issn", "duration"),
}  # fmt: skip


def read_proquest(story: str) -> Fields:
    """The fields of a story; without a headline or a text where these are not found."""
    blocks: list[tuple[str, list[str]]] = [("headline", [])]
    for line in story.split("\n"):
        name, lines = blocks[-1]
        # A paragraph may begin as a label does, but no line in it counts as one.
        labelled = None if name == "text" and lines[-1].strip() else label(line.strip(), _LABELS)
        if labelled:
            blocks.append((labelled[0], [labelled[1]]))
        elif not re.fullmatch(r"_{20,}\s*", line):
            blocks[-1][1].append(line)
    said: dict[str, str] = {}
    for name, lines in blocks:
        said.setdefault(name, "\n".join(lines).strip())
    outlet, _, day = said.get("info", "").partition(";")
    return {
        "title": " ".join((said.get("title") or said["headline"]).split()),
        "authors": [" ".join(reversed(name.split(", "))).strip() for name in said.get("authors", "").split(";")],
        "published": said.get("published") or day.partition("]")[2] or day,
        "source": said.get("source") or outlet.strip(),
        "text": said.get("text", ""),
        "url": said.get("url", ""),
        "id": said.get("id", ""),
    }
