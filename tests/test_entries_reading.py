"""Files of references: what is kept of an entry in each format, and what is said of one that is no good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.entries.entry import MOST_ABSTRACT, BadEntry, Entry, Item, entry_of
from ingestion.entries.reading import Again, EntryFile, Found, read_entries

ABSTRACT = "We count warblers. They rise by 12% each year."


def read(folder: Path, name: str, content: str | bytes) -> tuple[Found, ...]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_entries(path, 500).found


def only(found: tuple[Found, ...]) -> Entry:
    (entry,) = found
    assert isinstance(entry, Entry), entry
    return entry


def codes(found: tuple[Found, ...]) -> list[str]:
    """The key of each good entry, the code of each bad one."""
    return [f.code if isinstance(f, BadEntry) else f.key for f in found]


BIB = r"""
@string{jl = "Journal of Lakes"}
@article{fenwick2020,
  title = {The {Reed} Warbler's R{\"o}st in {\"u}ber-wet $n$ lakes, 50% drier},
  author = {Fenwick, Ada and M{\"u}ller, Hans J. and {Lake Survey Group} and van der Berg, Piet and others},
  journal = jl, year = 2020, doi = {https://doi.org/10.1000/ABC.},
  abstract = {We count warblers. They rise by 12\% each year.},
  keywords = {junk}, file = {:x.pdf:PDF}, timestamp = {2001.01.01}
}
"""
RIS = """TY  - JOUR
ID  - fenwick2020
AU  - Fenwick, Ada
AU  - Lake Survey Group
TI  - The Reed Warbler's Röst
T2  - Journal of Lakes
PY  - 2020/05/01
DO  - 10.1000/ABC
AB  - We count warblers.
They rise by 12% each year.
ZZ  - junk
ER  -
"""
CSL: dict[str, Any] = {
    "id": "fenwick2020",
    "type": "article-journal",
    "title": "The <i>Reed</i> Warbler&rsquo;s R&ouml;st",
    "author": [{"family": "Fenwick", "given": "Ada"}, {"literal": "Lake Survey Group"}, 7, "Piet Berg"],
    "issued": {"date-parts": [["2020", 5]]},
    "container-title": ["Journal of Lakes"],
    "DOI": "10.1000/ABC",
    "abstract": "<jats:title>Abstract</jats:title><jats:p>We count warblers. They rise by 12% each year.</jats:p>",
    "custom": {"deep": [1, 2, 3]},
}


def test_bibtex_gives_letters_for_latex_names_as_they_are_spoken_and_no_junk(tmp_path: Path) -> None:
    entry = only(read(tmp_path, "refs.bib", BIB))
    assert entry.title == "The Reed Warbler's Röst in über-wet n lakes, 50% drier"
    assert entry.authors == ("Ada Fenwick", "Hans J. Müller", "Lake Survey Group", "Piet van der Berg")
    assert (entry.key, entry.type, entry.year) == ("fenwick2020", "article-journal", 2020)
    assert (entry.doi, entry.venue, entry.abstract) == ("10.1000/ABC", "Journal of Lakes", ABSTRACT)


def test_ris_gives_the_same(tmp_path: Path) -> None:
    entry = only(read(tmp_path, "refs.ris", RIS))
    assert (entry.key, entry.title, entry.year) == ("fenwick2020", "The Reed Warbler's Röst", 2020)
    assert entry.authors == ("Ada Fenwick", "Lake Survey Group")
    assert (entry.doi, entry.venue, entry.abstract) == ("10.1000/ABC", "Journal of Lakes", ABSTRACT)


@pytest.mark.parametrize("wrapped", [[CSL], {"items": [CSL]}, {"references": [CSL]}, CSL])
def test_csl_json_gives_the_same_however_it_is_wrapped(tmp_path: Path, wrapped: object) -> None:
    entry = only(read(tmp_path, "refs.json", json.dumps(wrapped)))
    assert (entry.key, entry.title, entry.year) == ("fenwick2020", "The Reed Warbler’s Röst", 2020)
    assert entry.authors == ("Ada Fenwick", "Lake Survey Group", "Piet Berg")
    assert (entry.doi, entry.venue) == ("10.1000/ABC", "Journal of Lakes")
    assert entry.abstract.endswith(ABSTRACT)


def test_an_arxiv_id_is_found_where_a_format_puts_it(tmp_path: Path) -> None:
    bib = "@misc{a, title={On reeds}, eprint={2001.01234}, archivePrefix={arXiv}}"
    journal = "@article{b, title={On reeds}, journal={arXiv preprint arXiv:2001.01234}}"
    web = json.dumps({"id": "c", "title": "On reeds", "URL": "https://arxiv.org/abs/2001.01234v2"})
    found = [read(tmp_path, "a.bib", bib), read(tmp_path, "b.bib", journal), read(tmp_path, "c.json", web)]
    assert [only(entries).arxiv for entries in found] == ["2001.01234"] * 3


def test_one_bad_entry_of_a_bib_never_stops_the_others(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "refs.bib",
        """@article{one, title={One reed}}
@article{open, title={Two reeds, year={2020}
}
@article{three, title={Three reeds}}
@article{bare, year={2020}}
@article{three, title={Another three}}
@article{one, title={One reed}}
@article{deep, title={"""
        + "{" * 3000
        + "x"
        + "}" * 3000
        + """}}
@article{four, title={Four reeds}, title={Five}}
@article{end, title={never ends
""",
    )
    assert codes(found) == ["one", "broken", "three", "no_title", "duplicate_key", "one", "broken", "four", "broken"]
    assert isinstance(found[5], Again)
    bad = [f for f in found if isinstance(f, BadEntry)]
    assert [b.key for b in bad] == ["open", "bare", "three", "deep", "end"]
    assert "line 2" in bad[0].message
    assert all(b.message and b.hint for b in bad)


def test_a_record_without_an_end_does_not_run_into_the_next(tmp_path: Path) -> None:
    found = read(
        tmp_path, "refs.ris", "junk\nTY  - JOUR\nTI  - One reed\nTY  - JOUR\nPY  - 2020\nTY  - BOOK\nTI  - Two\n"
    )
    assert codes(found) == ["anonreed", "no_title", "anon"]


def test_what_stands_before_broken_json_is_taken(tmp_path: Path) -> None:
    found = read(tmp_path, "refs.json", '[{"id": "a", "title": "One"},\n 5,\n{"id": "b", "title": "Tw')
    assert codes(found) == ["a", "no_entry", "broken"]
    assert "line 3" in str(found[2])


def test_letters_that_are_no_utf8_fail_their_entry_alone(tmp_path: Path) -> None:
    bib = "@article{a, title={Köln}}\n@article{b, title={Reeds}, note={Köln}}\n@article{c, title={Plain}}"
    assert codes(read(tmp_path, "refs.bib", bib.encode("latin-1"))) == ["not_utf8", "b", "c"]
    assert codes(read(tmp_path, "marked.bib", "\ufeff".encode() + bib.encode())) == ["a", "b", "c"]
    assert codes(read(tmp_path, "wide.bib", bib.encode("utf-16"))) == ["a", "b", "c"]
    lone = read(tmp_path, "lone.json", '{"id": "a", "title": "half \\ud800"}')
    assert codes(lone) == ["not_utf8"]


def test_entries_without_a_key_get_keys_of_their_own(tmp_path: Path) -> None:
    one = {"title": "Growth of reeds", "author": [{"family": "Fenwick"}], "issued": {"raw": "2020"}}
    found = read(tmp_path, "refs.json", json.dumps([one, {**one, "DOI": "10.1000/b"}, one]))
    assert codes(found) == ["fenwick2020growth", "fenwick2020growth-2", "fenwick2020growth"]
    assert isinstance(found[2], Again)


@pytest.mark.parametrize(("name", "content"), [("a.bib", ""), ("a.ris", "no record"), ("a.json", "[]")])
def test_a_file_without_an_entry_says_so(tmp_path: Path, name: str, content: str) -> None:
    assert codes(read(tmp_path, name, content)) == ["empty"]


def test_a_file_that_cannot_be_opened_or_is_too_large_says_so(tmp_path: Path) -> None:
    assert codes(read_entries(tmp_path / "gone.bib", 500).found) == ["unreadable"]
    (tmp_path / "large.bib").write_bytes(b" " * 2_000_000)
    assert codes(read_entries(tmp_path / "large.bib", 1).found) == ["too_large"]


def test_an_abstract_as_long_as_a_book_is_no_reference() -> None:
    bad = entry_of(Item({"id": "a", "title": "Reeds", "abstract": "word " * MOST_ABSTRACT}))
    assert isinstance(bad, BadEntry)
    assert bad.code == "too_large"


def test_what_a_screen_would_obey_is_only_text_or_gone() -> None:
    title = "A \x1b[31mred\u202e title <script>alert(1)</script> with p < 0.05 and ![x](http://e.x/y.png)"
    entry = entry_of(Item({"id": "a", "title": title}))
    assert isinstance(entry, Entry)
    assert entry.title == "A [31mred title <script>alert(1)</script> with p < 0.05 and ![x](http://e.x/y.png)"


JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("id", "type", "title", "author", "issued", "abstract", "DOI", "URL", "container-title", "arxiv", "note")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JUNK)))
def test_no_junk_in_a_field_is_more_than_one_entrys_failure(item: dict[str, Any]) -> None:
    found = entry_of(Item(item))
    assert isinstance(found, Entry | BadEntry)
    if isinstance(found, Entry):
        assert found.title.strip()
        json.dumps(found.title).encode()


@given(name=st.sampled_from(("a.bib", "a.ris", "a.json")), content=st.binary(max_size=300))
def test_no_bytes_stop_the_reading_of_a_file(
    name: str, content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    for begin in (b"", b"@article{a, title={", b"TY  - JOUR\nTI  - ", b'[{"title": "'):
        path.write_bytes(begin + content)
        file = read_entries(path, 500)
        assert isinstance(file, EntryFile)
        assert file.found
