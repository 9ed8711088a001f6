"""One writer at a time to a project on a server, over all machines, without a lock on the server.

Processes of one home wait for each other at a local file lock, which the system frees when its holder dies. Between
homes each writer puts a claim on the server and draws a ticket (Lamport 1974, "A new solution of Dijkstra's concurrent
programming problem", the bakery algorithm): it goes when no other claim is drawing and none has a smaller ticket. A
claim that shows no sign of life for LEASE_S is taken away; so is one of this home's, whose lock we hold.
"""

from __future__ import annotations

import platform
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid5

import msgspec
from filelock import FileLock, Timeout

from hierarchy.behind import Behind
from hierarchy.errors import StoreError
from hierarchy.weaviate.objects import NAMESPACE
from hierarchy.weaviate.registry import CLAIM, Registry

LEASE_S = 120.0  # longer than any one call to the server may take, its patience included
WAIT_S = 240.0
LOOK_S = 0.05
RELEASE_S = 0.5  # for a server that may not answer any more


class Claim(msgspec.Struct, frozen=True):
    """Who wants to write; `beat` changes as long as its holder lives."""

    home: str
    drawing: bool
    ticket: int
    beat: str


class Claims:
    """The right to write to a project, for the processes of one home.

    Args:
        registry: where claims are put.
        project: its name.
        locks: a folder of this home, the same for all its processes.
    """

    def __init__(self, registry: Registry, project: str, locks: Path) -> None:
        self._registry, self._project = registry, project
        locks.mkdir(parents=True, exist_ok=True)
        # A server that is called by two names has two locks, and two homes: these wait by their tickets.
        server = uuid5(NAMESPACE, registry.server.address.url).hex[:8]
        self._home = f"{home_of(locks)}-{platform.node()}-{server}"
        self._lock = FileLock(locks / f"{project.lower()}-{server}.lock")
        self._key = ""
        self._claim: Claim | None = None
        self._beaten = 0.0
        self._ended_well = False

    @contextmanager
    def held(self, *, keep: bool = False) -> Iterator[bool]:
        """Waits for its turn. Gives whether nobody else can have written since this process last did.

        Args:
            keep: the claim stays on the server afterwards, so that the next write of a batch need not draw again; it
                is given back when somebody else waits, and by `release`.

        Raises:
            StoreError: where others wrote for too long.
        """
        try:
            self._lock.acquire(timeout=WAIT_S)
        except Timeout:
            raise self._busy() from None
        try:
            alone = self._goes_on()
            self._ended_well = False
            try:
                if not alone:
                    self.release()
                    self._draw()
                    self._wait()
                yield alone
                self._ended_well = keep
            finally:
                if not self._ended_well:  # what was begun must be swept, so the next write begins anew
                    self.release()
        finally:
            self._lock.release()

    def release(self) -> None:
        """Gives a claim back that was kept; does not wait for a server that is away."""
        claim, self._claim = self._claim, None
        if claim is not None:
            # If it cannot be given back now, it is ours to take away next time.
            Behind(partial(self._registry.drop_object, self._key, patience_s=0)).wait(RELEASE_S)

    def check(self, claims: Collection[str]) -> None:
        """Makes sure that the right was not taken away, before what others rely on is changed; `claims` are the keys
        of those that stand.

        Raises:
            StoreError: where it was, because this process stood still for too long.
        """
        if self._claim is not None and self._key not in claims:
            raise _lost()

    def beat(self) -> None:
        """Shows that the holder lives; to be called now and then in long writes.

        Raises:
            StoreError: where the claim was taken away.
        """
        if self._claim is not None and _clock() - self._beaten > LEASE_S / 6:
            self.check(self._all())
            self._put(msgspec.structs.replace(self._claim, beat=secrets.token_hex(4)))

    def _goes_on(self) -> bool:
        """Whether a claim that was kept still stands, fresh enough that nobody can think its holder dead, and alone."""
        if self._claim is None or not self._ended_well or _clock() - self._beaten > LEASE_S / 3:
            return False
        if set(self._registry.objects(CLAIM, self._project)) != {self._key}:
            return False
        self.beat()
        return True

    def _draw(self) -> None:
        self._key = str(uuid5(NAMESPACE, secrets.token_hex(16)))
        for key, claim in self._others().items():
            if claim.home == self._home:  # we hold the lock of this home: whoever made it is dead
                self._registry.drop_object(key)
        drawing = Claim(self._home, True, 0, secrets.token_hex(4))
        self._claim, self._beaten = drawing, _clock()
        self._registry.add_object(self._key, CLAIM, self._project, _encoded(drawing))
        ticket = 1 + max((c.ticket for c in self._others().values()), default=0)
        self._put(Claim(self._home, False, ticket, secrets.token_hex(4)))

    def _wait(self) -> None:
        assert self._claim is not None
        seen: dict[str, tuple[str, float]] = {}
        end = _clock() + WAIT_S
        while True:
            mine = (self._claim.ticket, self._key)
            others = self._all()
            if others.pop(self._key, None) is None:
                raise _lost()
            before = {k: c for k, c in others.items() if c.drawing or (c.ticket, k) < mine}
            if not before:
                return
            now = _clock()
            if now > end:
                raise self._busy()
            for key, claim in before.items():
                if seen.get(key, ("", 0.0))[0] != claim.beat:
                    seen[key] = claim.beat, now
                elif now - seen[key][1] > LEASE_S:
                    self._registry.drop_object(key)
            self.beat()
            time.sleep(LOOK_S)

    def _all(self) -> dict[str, Claim]:
        found = self._registry.objects(CLAIM, self._project)
        return {key: msgspec.json.decode(record, type=Claim) for key, record in found.items()}

    def _others(self) -> dict[str, Claim]:
        return {key: claim for key, claim in self._all().items() if key != self._key}

    def _put(self, claim: Claim) -> None:
        self._registry.replace_object(self._key, CLAIM, self._project, _encoded(claim))
        self._claim, self._beaten = claim, _clock()

    def _busy(self) -> StoreError:
        return StoreError(
            f"Other processes have been writing to project {self._project!r} for over {WAIT_S:.0f} seconds.",
            "Wait for them to end, then try again.",
            "busy",
        )


def home_of(locks: Path) -> str:
    """A name for this home that no other has, made once."""
    path = locks / "home"
    with FileLock(locks / "home.lock"):
        name = path.read_text("utf-8").strip() if path.exists() else ""
        if not name:
            name = secrets.token_hex(8)
            part = path.with_name("home.part")
            part.write_text(name, "utf-8")
            part.replace(path)
        return name


def _encoded(claim: Claim) -> str:
    return msgspec.json.encode(claim).decode()


def _clock() -> float:
    """Seconds that pass while the machine sleeps, too."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.time()


def _lost() -> StoreError:
    return StoreError(
        "Another process took over the writing, because this one stood still for too long.",
        "Run the same command again; nothing that was acknowledged is lost.",
        "lost_claim",
    )
