"""Damaged papers: real PDFs are broken at random, and each must end in a paper or in a code of the contract.

Bytes are changed, pieces cut, swapped or doubled, numbers and names of objects altered, and streams packed anew with
damage inside, where a reader is deepest. The seeds are fixed, so a damage that breaks something can be made again:
`damaged(data, seed)`. STRATA_FUZZ_S says for how many seconds it runs (180).
"""

from __future__ import annotations

import os
import random
import re
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from hierarchy.errors import READ_CODES, ReadError
from ingestion.containment import Reader
from ingestion.settings import IngestionSettings

SECONDS = 180.0
TIMEOUT_S = 20  # CPU seconds that a file may take
MOST_BYTES = 3_000_000  # of a paper that is damaged: most time shall go into reading, not into copying
MOST_GROWTH_MB = 50
NUMBER = re.compile(rb"(?<![\d.])\d{1,6}(?![\d.])")
STREAM = re.compile(rb"stream\r?\n(.{20,200000}?)\r?\nendstream", re.DOTALL)
ODD_NUMBERS = (b"0", b"-1", b"65536", b"2147483648", b"99999999999", b"1e308", b"null", b"[]")

Damage = Callable[[bytearray, random.Random], None]


def _bytes(data: bytearray, draw: random.Random) -> None:
    for _ in range(draw.choice((1, 10, 100, len(data) // 200))):
        data[draw.randrange(len(data))] = draw.randrange(256)


def _cut(data: bytearray, draw: random.Random) -> None:
    del data[draw.randrange(len(data) // 10, len(data)) :]


def _hole(data: bytearray, draw: random.Random) -> None:
    start = draw.randrange(len(data))
    del data[start : start + draw.choice((1, 50, 5_000))]


def _swap(data: bytearray, draw: random.Random) -> None:
    size = draw.choice((16, 512, 8_192))
    a, b = (draw.randrange(max(1, len(data) - size)) for _ in range(2))
    data[a : a + size], data[b : b + size] = data[b : b + size], data[a : a + size]


def _double(data: bytearray, draw: random.Random) -> None:
    start = draw.randrange(len(data))
    data[start:start] = data[start : start + draw.choice((64, 4_096))] * draw.choice((1, 50))


def _numbers(data: bytearray, draw: random.Random) -> None:
    found = list(NUMBER.finditer(data))
    for match in sorted(draw.sample(found, min(len(found), draw.choice((1, 8, 40)))), key=lambda m: -m.start()):
        data[match.start() : match.end()] = draw.choice((*ODD_NUMBERS, b"%d" % draw.randrange(2_000)))


def _streams(data: bytearray, draw: random.Random) -> None:
    found = list(STREAM.finditer(data))
    for match in sorted(draw.sample(found, min(len(found), 3)), key=lambda m: -m.start()):
        try:
            inner = bytearray(zlib.decompress(match[1]))
        except zlib.error:
            continue
        if inner:
            draw.choice((_bytes, _swap, _double, _numbers))(inner, draw)
            data[match.start(1) : match.end(1)] = zlib.compress(bytes(inner))


DAMAGES: tuple[Damage, ...] = (_bytes, _cut, _hole, _swap, _double, _numbers, _streams, _streams)


def damaged(data: bytes, seed: int) -> bytes:
    """The same bytes with one to three damages; the seed tells which."""
    draw, out = random.Random(seed), bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 3))):
        if len(out) > 100:
            draw.choice(DAMAGES)(out, draw)
    return bytes(out)


def measure(bench: Bench) -> Iterator[Figure]:
    papers = [p for p in (*bench.pdfs("headings/pdf"), *bench.pdfs("qasper/pdf")) if p.stat().st_size < MOST_BYTES]
    seconds = float(os.environ.get("STRATA_FUZZ_S") or SECONDS)
    reader = Reader(IngestionSettings(timeout_s=TIMEOUT_S, memory_mb=2_000))
    outcomes, odd, memory = Counter[str](), list[str](), list[float]()
    seed, end, longest = 0, time.monotonic() + seconds, 0.0
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        path = Path(folder) / "damaged.pdf"
        while time.monotonic() < end:
            paper = papers[seed % len(papers)]
            path.write_bytes(damaged(paper.read_bytes(), seed))
            start = time.monotonic()
            outcome = _outcome(reader, path)
            longest = max(longest, time.monotonic() - start)
            outcomes[outcome] += 1
            if outcome not in (*READ_CODES, "paper"):
                odd.append(f"{paper.name} with seed {seed}: {outcome}")
            if seed % 20 == 0:
                memory.append(psutil.Process().memory_info().rss / 1e6)
            seed += 1
    reader.close()
    for line in odd[:10]:
        print(f"  {line}", flush=True)
    yield Figure("damaged papers read", seed, "files")
    for code, count in outcomes.most_common():
        yield Figure(f"that ended in: {code}", count, "files")
    yield Figure("outcomes outside of the contract", len(odd), "", most=0)
    yield Figure("the longest, by the clock", longest, "s", most=10 * TIMEOUT_S)
    yield Figure("children left", len(psutil.Process().children(recursive=True)), "", most=0)
    calm = memory[min(2, len(memory) - 1)]  # what is loaded at the first use is loaded
    yield Figure("growth of the parent", max(0.0, memory[-1] - calm), "MB", most=MOST_GROWTH_MB)


def _outcome(reader: Reader, path: Path) -> str:
    try:
        reader.read(path)
    except ReadError as error:
        # Words of the library, not of Strata, mean that a damage went through every door but the last.
        return f"{error.code}: {error.message}" if "could not be understood" in error.message else error.code
    except Exception as error:  # what this looks for: anything else that reaches a batch
        return f"{type(error).__name__}: {error}"
    return "paper"
