"""One heading as printed: its lines, its words, its number, and how it is set."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingestion.pages import Line, Word
from ingestion.reading.headings.numbering import Path, parse
from ingestion.reading.headings.setting import Look, look_of
from ingestion.reading.lines.joining import Vocabulary, join

CUT_WORD = re.compile(r"(\w)- (?=[a-z])")
MARKS = re.compile(r"[\d∗*†‡§¶#,]{1,5}")
EDGE = " .:—–\u2003"


@dataclass(slots=True)
class Heading:
    """Lines that together are one heading; `level` 1 is a top heading.

    A run-in heading takes `cut` words of the last of its lines, the paragraph the others. `place` is where its number
    stands in the count through the paper, None until it is known to stand in it.
    """

    lines: list[Line]
    text: str
    number: str | None
    level: int = 0
    run_in: bool = False
    cut: int = 0
    printed: str = ""
    readings: tuple[Path, ...] = ()
    named: bool = False
    place: Path | None = None

    @classmethod
    def of(cls, lines: list[Line], cut: int = 0) -> Heading:
        """The heading that these lines are, or with a `cut` the first words of the last of them."""
        words = [w for line in lines for w in line.words]
        if cut:
            words = words[: len(words) - len(lines[-1].words) + cut]
        while len(words) > 1 and words[-1].style.raised and MARKS.fullmatch(words[-1].text):  # a footnote's mark
            words.pop()
        printed = CUT_WORD.sub(r"\1", " ".join(w.text for w in words)).strip()
        found = parse(printed) or parse(f"{printed} ")
        heading = cls(lines, printed.rstrip(EDGE) or printed, None, run_in=bool(cut), cut=cut, printed=printed)
        if found is not None:
            number, rest = found
            heading.number, heading.readings, heading.named = number.text, number.readings, number.named
            if number.named and not rest.strip(EDGE):
                heading.text = printed.split()[0]  # "Appendix A"
            else:
                heading.text = rest.strip(EDGE) or heading.text
        return heading

    @property
    def words(self) -> list[Word]:
        """Its own words."""
        words = [w for line in self.lines[:-1] for w in line.words]
        return words + (self.lines[-1].words[: self.cut] if self.run_in else self.lines[-1].words)

    @property
    def look(self) -> Look:
        """How it is set."""
        return look_of(self.words, self.text, run_in=self.run_in)

    def heal(self, vocabulary: Vocabulary) -> None:
        """Puts words together that are cut at line ends; a hyphen that belongs to the word stays."""
        text = join([*self.lines[:-1], self._last()], vocabulary)[0]
        found = parse(text)
        self.text = (found[1] if found and self.number is not None else text).strip(EDGE) or self.text

    def _last(self) -> Line:
        last = self.lines[-1]
        words = last.words[: self.cut] if self.run_in else list(last.words)
        return Line(last.page, last.block, words, last.box)

    def forget_number(self) -> None:
        """Takes a number that stands in no count for a part of the words."""
        if self.place is None and self.number is not None:
            self.text, self.number = self.printed.rstrip(EDGE), None
