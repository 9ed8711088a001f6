"""What a paper's node keeps of the entries that tell of it, and what they add to what its pages say.

A field that the pages print stays theirs; what they leave open, or what only the file's own properties told, is the
first entry's that tells it. `origin` says for each field where it is from, so that an entry that changes renews what
it gave and nothing else. It must not know how entries are read, nor stores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hierarchy.identity import Occurrences, paper_id, text_hash
from hierarchy.nodes import Node
from hierarchy.paper import Author, Paper, Passage, Section
from hierarchy.positions import Positions
from ingestion.entries.entry import HEADING, Entry

ENTRIES = "entries"  # a paper's metadata: the entries that tell of it, the first one first
ORIGIN = "origin"  # where each of FIELDS is from: page, metadata (the file's own properties), another place, entry
ENTRY = "entry"  # the pass of a paper without pages; an origin
FIELDS = ("title", "authors", "year", "doi", "arxiv", "abstract")
BESIDE = ("venue", "url")  # what only entries tell
WEAK = (None, "metadata", ENTRY)  # origins that an entry knows better than


class Kept(Entry, frozen=True, kw_only=True):
    """An entry as a paper's node keeps it, with the file that it stands in."""

    file: str
    path: str

    @classmethod
    def of(cls, entry: Entry, path: Path) -> Kept:
        """An entry of this file."""
        told = {name: getattr(entry, name) for name in Entry.__struct_fields__}
        return cls(**told, file=path.name, path=str(path))


def kept_entries(metadata: Mapping[str, Any]) -> list[Kept]:
    """The entries that a paper's node keeps."""
    return msgspec.convert(metadata.get(ENTRIES) or [], list[Kept])


def is_entry(paper: Node) -> bool:
    """Whether entries are all that there is of a paper."""
    return paper.metadata.get("pass") == ENTRY


def paper_of(entries: Sequence[Kept]) -> Paper:
    """The paper that entries alone make: a title, and an abstract where one of them has it."""
    first = entries[0]
    told = {name: _first(entries, name) for name in FIELDS}
    title, abstract = str(told["title"]), HEADING.sub("", str(told["abstract"] or ""))
    authors = tuple(Author(name) for name in told["authors"] or ())
    words = f"{title}\n{abstract}"
    name = paper_id(told["doi"], told["arxiv"], title, authors[0].family if authors else "", words)
    ids = Occurrences(name)
    passages = (Passage(ids.passage(abstract), "paragraph", abstract, Positions()),) if abstract else ()
    heading = "Abstract"
    section = Section(
        ids.section((heading,)), None, heading, None, 1, "abstract", 0, (0, 0, 0, 0), (heading,), passages
    )
    return Paper(
        file=first.file,
        path=first.path,
        sha256="",
        paper_id=name,
        reading=ENTRY,
        title=title,
        authors=authors,
        abstract=abstract,
        year=told["year"],
        doi=told["doi"],
        arxiv=told["arxiv"],
        pages=(),
        sections=(section,) if passages else (),
        text_hash=text_hash(words),
        page_texts=(words,),  # what its quotes are looked up in
        origin={name: ENTRY for name in FIELDS if told[name]},
    )


def filled(paper: Paper, entries: Sequence[Kept]) -> Paper:
    """A paper as read, with what its entries know and its pages do not say."""
    if not entries:
        return paper
    told, origin = _added({name: getattr(paper, name) for name in FIELDS}, paper.origin, entries)
    if origin.get("authors") == ENTRY:
        told["authors"] = tuple(Author(name) for name in told["authors"])
    return msgspec.structs.replace(paper, **told, origin={**paper.origin, **origin})


def metadata_of(entries: Sequence[Kept]) -> dict[str, Any]:
    """What a paper's metadata has besides, as these entries tell of it."""
    if not entries:
        return {}
    more = {name: _first(entries, name) for name in BESIDE}
    told = {name: value for name, value in more.items() if value}
    return {"citation_key": entries[0].key, ENTRIES: msgspec.to_builtins(list(entries)), **told}


def renewed(paper: Node, entries: Sequence[Kept]) -> tuple[str, str, dict[str, Any]]:
    """Title, text and metadata of the node of a paper with pages, when these are its entries."""
    known, had = paper.metadata, dict(paper.metadata.get(ORIGIN) or {})
    text = paper.text[len(paper.title) :].lstrip("\n")
    values = {"title": paper.title, "abstract": text if "abstract" in had or not had else "", **_plainly(known)}
    told, origin = _added(values, had or {name: "page" for name in FIELDS if values[name]}, entries)
    kept = {name: value for name, value in known.items() if name not in BESIDE}
    metadata = {**kept, **metadata_of(entries), **_plainly(told), ORIGIN: origin}
    return str(told["title"]), str(told["abstract"] or text), metadata


def _plainly(told: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: told.get(name) for name in ("year", "doi", "arxiv")}
    return {**plain, "authors": list(told.get("authors") or ())}


def _added(
    values: Mapping[str, Any], origin: Mapping[str, str], entries: Sequence[Kept]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields and their origins, with what entries tell where nothing better is known."""
    told, sources = dict(values), {name: origin[name] for name in FIELDS if name in origin}
    for name in FIELDS:
        value = _first(entries, name)
        if values[name] and sources.get(name) not in WEAK:
            continue
        if value:
            told[name], sources[name] = value, ENTRY
        elif sources.get(name) == ENTRY:
            told[name] = () if name == "authors" else "" if name in ("title", "abstract") else None
            del sources[name]
    return told, sources


def _first(entries: Sequence[Kept], name: str) -> Any:
    """What the first entry tells that tells it."""
    return next((value for entry in entries if (value := getattr(entry, name))), None)
