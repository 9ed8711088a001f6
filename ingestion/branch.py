"""Grows a paper's branch of the tree: paper, sections, passages, findings, with texts, vectors and digests.

Each passage goes through the encoder once, and only where its digest is new; every other vector is pooled from what
that pass gave. It must not know which store the branch goes to, nor how the paper was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from hierarchy.encoder import Encoder, EncoderIdentity, Encoding, SentenceVectors, Text, prefix_of, unit
from hierarchy.identity import Occurrences, digest, key_of, project_node_id
from hierarchy.nodes import Finding, Level, Node, Record, Vector
from hierarchy.paper import Float, Paper, Passage, Section
from hierarchy.positions import Positions, WordBox
from hierarchy.quotes import folded, stands_in
from hierarchy.sentences import sentence_ranges
from hierarchy.summaries import METHOD, Line, pooled
from ingestion.card import METHOD as CARD
from ingestion.card import Card, card_of
from ingestion.entries.kept import ENTRIES, ENTRY, FIELDS, ORIGIN
from ingestion.findings import METHOD as FINDINGS
from ingestion.findings import findings_in, fits
from ingestion.passes import OCR, UNREAD
from ingestion.summaries import summarised
from ingestion.told import RUNNING, Source
from ingestion.writing.kept import Written, kept_records, with_mark

TREE = "tree-3"  # changes whenever the same paper would give other passages; part of their digests
RULES = (
    f"{TREE}, {METHOD}, {CARD}, {FINDINGS}"  # what a paper's node is made by; another one shows as such and is renewed
)
OPENING_WORDS = 200
REFERENCE_FIELDS = ("id", "title", "authors", "year", "doi", "arxiv")  # what a paper's node keeps of each reference


class Known(msgspec.Struct, frozen=True):
    """What a store has of a passage already: its digest, vector, sentences, and what a language model found in it."""

    digest: str
    vector: Vector
    sentences: SentenceVectors
    written: Written | None = None


class Branch(msgspec.Struct, frozen=True):
    """A paper's nodes in reading order, the paper first, and how many passages went through the encoder."""

    records: tuple[Record, ...]
    embedded: int


class _Part(msgspec.Struct):
    """A passage with what was computed of it."""

    section: Section
    passage: Passage
    digest: str
    vector: Vector
    sentences: SentenceVectors
    written: Written | None = None


def grow(
    paper: Paper,
    project: str,
    encoder: Encoder,
    known: Callable[[Sequence[str]], Mapping[str, Known]],
    extra: Mapping[str, Any],
) -> Branch:
    """The branch of a paper.

    Args:
        paper: as read, with its final id.
        project: the project that it goes into.
        encoder: encodes the passages that are new.
        known: what is stored of passages with these ids.
        extra: metadata of the paper's node that does not come from its pages.
    """
    parts, embedded = _parts(paper, encoder, known)
    by_section: dict[str, list[_Part]] = {s.id: [] for s in paper.sections}
    for part in parts:
        by_section[part.section.id].append(part)
    grown: list[Record] = []
    ids = Occurrences(paper.paper_id)
    whole = _pooled_parts(parts, unit(np.zeros(encoder.identity.dimension)))
    if not parts and paper.title:
        whole = encoder.encode([Text(paper.title)])[0].vector
    digests: dict[str, str] = {}
    below: dict[str, list[Section]] = {}
    for section in paper.sections:
        if section.parent:
            below.setdefault(section.parent, []).append(section)
    floats, pages = (*paper.tables, *paper.figures), [folded(text) for text in paper.page_texts]
    found = {
        p.passage.id: _passage_and_findings(
            paper, project, p, [f for f in floats if f.label in p.passage.floats], pages, ids, encoder.identity
        )
        for p in parts
    }
    sources = [Source(p.section, p.passage, p.sentences, _quotes(found[p.passage.id])) for p in parts]
    summaries = summarised(paper.sections, sources)
    for section in reversed(paper.sections):  # children stand after their parents
        own = [p.digest for p in by_section[section.id]]
        digests[section.id] = digest(
            "section", RULES, METHOD, section.path, own, [digests[s.id] for s in below.get(section.id, [])]
        )
    for section in paper.sections:
        subtree = _subtree(section, below)
        inside = [part for s in subtree for part in by_section[s.id]]
        lines = summaries.sections[section.id]
        grown.append(_section_record(paper, project, section, inside, lines, whole, digests[section.id]))
        for part in by_section[section.id]:
            grown += found[part.passage.id]
    tops = [digests[s.id] for s in paper.sections if not s.parent]
    top = _paper_record(paper, project, parts, summaries.paper, card_of(sources), whole, tops, encoder.identity, extra)
    ordered = [
        Record(msgspec.structs.replace(record.node, order=i), record.vector, record.attachment)
        for i, record in enumerate([top, *grown])
    ]
    return Branch(tuple(ordered), embedded)


def texts_of(paper: Paper) -> list[Text]:
    """What the encoder is given of a paper of which nothing is known: its passages, or its title where it has none."""
    texts = [Text(p.text, _prefix(paper, s), sentence_ranges(p.text)) for s in paper.sections for p in s.passages]
    return texts or [Text(paper.title)]


def _prefix(paper: Paper, section: Section) -> str:
    """The headings above a passage; those of a paper without pages have the paper's title above them."""
    return prefix_of((paper.title,)) if paper.reading == ENTRY else prefix_of(section.path)


def _parts(
    paper: Paper, encoder: Encoder, known: Callable[[Sequence[str]], Mapping[str, Known]]
) -> tuple[list[_Part], int]:
    pairs = [(s, p) for s in paper.sections for p in s.passages]
    identity = str(msgspec.json.encode(encoder.identity))
    digests = [digest("passage", TREE, identity, _prefix(paper, s), p.type, s.kind, p.text) for s, p in pairs]
    stored = known([p.id for _, p in pairs])
    fresh = [i for i, (_, p) in enumerate(pairs) if p.id not in stored or stored[p.id].digest != digests[i]]
    ranges = {i: sentence_ranges(pairs[i][1].text) for i in fresh}
    encoded = dict(
        zip(
            fresh,
            encoder.encode([Text(pairs[i][1].text, _prefix(paper, pairs[i][0]), ranges[i]) for i in fresh]),
            strict=True,
        )
    )
    parts: list[_Part] = []
    for i, (section, passage) in enumerate(pairs):
        if i in encoded:
            new: Encoding = encoded[i]
            part = _Part(section, passage, digests[i], new.vector, SentenceVectors.of(ranges[i], new.parts))
        else:
            had = stored[passage.id]
            part = _Part(section, passage, digests[i], had.vector, had.sentences, had.written)
        parts.append(part)
    return parts, len(fresh)


def _subtree(section: Section, below: Mapping[str, list[Section]]) -> list[Section]:
    return [section, *(inner for child in below.get(section.id, []) for inner in _subtree(child, below))]


def _section_record(
    paper: Paper,
    project: str,
    section: Section,
    inside: list[_Part],
    lines: Sequence[Line],
    whole: Vector,
    own_digest: str,
) -> Record:
    heading = " > ".join(section.path)
    places = [WordBox(0, max(1, len(heading)), section.page, 0, section.box)] if section.page else []
    node = Node(
        id=section.id,
        level=Level.SECTION,
        project=project,
        title=section.path[-1] if section.path else "",
        text="\n".join([*([heading] if heading else []), *(line.text for line in lines)]),
        parent=section.parent or paper.paper_id,
        paper=paper.paper_id,
        paper_title=paper.title,
        file=paper.file,
        path=section.path,
        kind=section.kind,
        digest=own_digest,
        metadata={**_metadata(paper, section), "from": list(dict.fromkeys(line.source for line in lines))},
        places=Positions.of(places),
    )
    return Record(node, _pooled_parts(inside, whole))  # a bare heading stands near its paper


def _passage_and_findings(
    paper: Paper,
    project: str,
    part: _Part,
    referred: Sequence[Float],
    pages: Sequence[str],
    ids: Occurrences,
    identity: EncoderIdentity,
) -> list[Record]:
    """A passage's record and those of its findings; what a language model found in the same words stays."""
    record = _passage_record(paper, project, part)
    if part.written is None:
        return [record, *_finding_records(paper, project, part, referred, pages, ids, identity)]
    passage = with_mark(record.node, part.written.writer)
    return [
        Record(passage, record.vector, record.attachment),
        *kept_records(passage, part.sentences, part.written),
    ]


def _passage_record(paper: Paper, project: str, part: _Part) -> Record:
    node = Node(
        id=part.passage.id,
        level=Level.PASSAGE,
        project=project,
        title=part.section.path[-1] if part.section.path else "",
        text=part.passage.text,
        parent=part.section.id,
        paper=paper.paper_id,
        paper_title=paper.title,
        file=paper.file,
        path=part.section.path,
        kind=part.passage.type,
        digest=part.digest,
        metadata=_metadata(paper, part.section) | _cites(part.passage),
        places=part.passage.places,
    )
    return Record(node, part.vector, part.sentences.pack())


def _cites(passage: Passage) -> dict[str, Any]:
    """The ids of the references that a passage cites, each once, in order; nothing where it cites none."""
    cited = list(dict.fromkeys(reference for cite in passage.cites for reference in cite.references))
    return {"cites": cited} if cited else {}


def _finding_records(
    paper: Paper,
    project: str,
    part: _Part,
    tables: Sequence[Float],
    pages: Sequence[str],
    ids: Occurrences,
    identity: EncoderIdentity,
) -> list[Record]:
    """The findings of a passage; `tables` are the floats that it refers to, which may name a metric; `pages` are
    the folded words of the paper's pages, where each quote must stand."""
    records: list[Record] = []
    vectors = part.sentences.vectors()
    grids = [cell for one in tables for row in ((one.label, one.caption), *(one.rows or ())) for cell in row]
    seen = vectors if fits(identity) else None
    for found in findings_in(part.passage, part.section, part.sentences.ranges, seen, tables):
        quote = part.passage.text[found.start : found.end]
        places = part.passage.places.cut(found.start, found.end)
        if not _is_printed(quote, places, pages):
            continue
        finding = Finding(
            found.claim,
            found.kind,
            part.passage.id,
            quote,
            found.values,
            found.direction,
            found.hedged,
            found.attribution,
        )
        node = Node(
            id=ids.finding(part.passage.id, quote),
            level=Level.FINDING,
            project=project,
            title=part.section.path[-1] if part.section.path else "",
            text=quote,
            parent=part.section.id,
            paper=paper.paper_id,
            paper_title=paper.title,
            file=paper.file,
            path=part.section.path,
            kind=found.kind,
            digest=digest("finding", RULES, str(identity), part.digest, quote, grids),
            metadata=_metadata(paper, part.section),
            finding=finding,
            places=places,
        )
        records.append(Record(node, unit(vectors[found.first : found.last + 1].mean(axis=0))))
    return records


def _is_printed(quote: str, places: Positions, pages: Sequence[str]) -> bool:
    """Whether a quote stands on its pages by their own words, folded, as far as they are known."""
    numbers = sorted({span.page for span in places.spans()})
    texts = [pages[number - 1] for number in numbers if number <= len(pages)]
    return not texts or stands_in(quote, texts)


def _paper_record(
    paper: Paper,
    project: str,
    parts: list[_Part],
    lines: Sequence[Line],
    card: Card,
    whole: Vector,
    children: list[str],
    identity: EncoderIdentity,
    extra: Mapping[str, Any],
) -> Record:
    abstract = [p for p in parts if p.section.kind == "abstract" and p.passage.type in RUNNING]
    text = paper.abstract or " ".join(line.text for line in lines) or _opening(parts)
    metadata: dict[str, Any] = {
        "year": paper.year,
        "authors": [a.name for a in paper.authors],
        "doi": paper.doi,
        "arxiv": paper.arxiv,
        "citation_key": key_of(paper.authors[0].family if paper.authors else "", paper.year, paper.title),
        "tags": [],
        "pages": len(paper.pages),
        "pass": paper.reading,
        OCR: paper.ocr or None,
        UNREAD: paper.unread,
        "path": paper.path,
        "sha256": paper.sha256,
        "text_hash": paper.text_hash,
        "rules": RULES,
        "references": [{name: getattr(r, name) for name in REFERENCE_FIELDS} for r in paper.references],
        "summary": [line.to_dict() for line in lines],
        "card": card.to_dict(),
        ORIGIN: {name: source for name, source in paper.origin.items() if name in FIELDS},
        **extra,
    }
    vector = pooled([_pooled_parts(abstract, whole), whole], [0.6, 0.4])
    node = Node(
        id=paper.paper_id,
        level=Level.PAPER,
        project=project,
        title=paper.title,
        text=f"{paper.title}\n{text}" if text else paper.title,
        parent=project_node_id(project),
        paper=paper.paper_id,
        paper_title=paper.title,
        file=paper.file,
        digest=paper_digest(paper.title, text, metadata, children, identity),
        metadata=metadata,
        places=paper.title_places,
    )
    return Record(node, vector, msgspec.msgpack.encode(paper.page_texts))


def paper_digest(
    title: str, text: str, metadata: Mapping[str, Any], children: Sequence[str], identity: EncoderIdentity
) -> str:
    """The digest of a paper's node; `text` is what stands below its title, `children` are its top sections'."""
    own = digest(
        "paper", RULES, METHOD, CARD, str(identity), title, text, metadata["authors"], str(metadata["year"]), children
    )
    entries = metadata.get(ENTRIES)
    return digest("entries", own, msgspec.json.encode(entries, order="sorted").decode()) if entries else own


def _pooled_parts(parts: Sequence[_Part], otherwise: Vector) -> Vector:
    """The mean of passages, weighted by the root of their length, running text before captions and tables."""
    if not parts:
        return otherwise
    weights = [len(p.passage.text) ** 0.5 * (1.0 if p.passage.type in RUNNING else 0.2) for p in parts]
    return pooled([p.vector for p in parts], weights)


def _quotes(findings: Sequence[Record]) -> tuple[str, ...]:
    return tuple(f.node.finding.quote for f in findings if f.node.finding)


def _opening(parts: Sequence[_Part]) -> str:
    words: list[str] = []
    for part in parts:
        if part.passage.type in RUNNING and len(words) < OPENING_WORDS:
            words += part.passage.text.split()
    return " ".join(words[:OPENING_WORDS])


def _metadata(paper: Paper, section: Section) -> dict[str, Any]:
    return {"section_kind": section.kind, "year": paper.year}


def is_older(paper: Node) -> bool:
    """Whether a paper's node was made by other rules than the present ones."""
    return paper.metadata.get("rules") != RULES
