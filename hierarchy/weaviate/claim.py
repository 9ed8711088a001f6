"""One writer at a time to a project on a server, over all machines, without a lock on the server.

Processes of one home wait for each other at a local file lock, which the system frees when its holder dies. Between
homes each writer puts a claim on the server and draws a ticket (Lamport 1974, "A new solution of Dijkstra's concurrent
programming problem", the bakery algorithm): it goes when no other claim is drawing and none has a smaller ticket. A
claim that shows no sign of life for LEASE_S is taken away; so is one of this home's, whose lock we hold.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid5

import msgspec
from filelock import FileLock, Timeout

from hierarchy.errors import StoreError
from hierarchy.weaviate.objects import NAMESPACE
from hierarchy.weaviate.registry import CLAIM, Registry

LEASE_S = 60.0
WAIT_S = 150.0
LOOK_S = 0.05


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
        self._home = home_of(locks)
        server = uuid5(NAMESPACE, registry.server.address.url).hex[:8]
        self._lock = FileLock(locks / f"{project.lower()}-{server}.lock")
        self._key = ""
        self._claim: Claim | None = None
        self._beaten = 0.0

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
            if not alone:
                self.release()
                self._draw()
            try:
                if not alone:
                    self._wait()
                yield alone
            except BaseException:
                keep = False  # what was begun must be swept, so the next write begins anew
                raise
            finally:
                if not keep:
                    self.release()
        finally:
            self._lock.release()

    def release(self) -> None:
        """Gives a claim back that was kept."""
        if self._claim is not None:
            with suppress(StoreError):  # a server that is gone: the claim is ours to take away next time
                self._registry.drop_object(self._key)
            self._claim = None

    def _goes_on(self) -> bool:
        """Whether a claim that was kept still stands, fresh enough that nobody can think its holder dead, and alone."""
        if self._claim is None or time.monotonic() - self._beaten > LEASE_S / 3:
            return False
        if set(self._registry.objects(CLAIM, self._project)) != {self._key}:
            return False
        self.beat()
        return True

    def beat(self) -> None:
        """Shows that the holder lives; to be called now and then in long writes.

        Raises:
            StoreError: where the claim was taken away, because this process stood still for too long.
        """
        if self._claim is None or time.monotonic() - self._beaten < LEASE_S / 6:
            return
        if self._key not in self._registry.objects(CLAIM, self._project):
            raise StoreError(
                "Another process took over the writing, because this one stood still for too long.",
                "Run the same command again; nothing that was acknowledged is lost.",
                "lost_claim",
            )
        self._put(msgspec.structs.replace(self._claim, beat=secrets.token_hex(4)))

    def _draw(self) -> None:
        self._key = str(uuid5(NAMESPACE, secrets.token_hex(16)))
        for key, claim in self._others().items():
            if claim.home == self._home:  # we hold the lock of this home: whoever made it is dead
                self._registry.drop_object(key)
        self._put(Claim(self._home, True, 0, secrets.token_hex(4)), new=True)
        ticket = 1 + max((c.ticket for c in self._others().values()), default=0)
        self._put(Claim(self._home, False, ticket, secrets.token_hex(4)))

    def _wait(self) -> None:
        assert self._claim is not None
        seen: dict[str, tuple[str, float]] = {}
        end = time.monotonic() + WAIT_S
        while True:
            mine = (self._claim.ticket, self._key)
            others = self._others()
            before = {k: c for k, c in others.items() if c.drawing or (c.ticket, k) < mine}
            if not before:
                return
            now = time.monotonic()
            if now > end:
                raise self._busy()
            for key, claim in before.items():
                if seen.get(key, ("", 0.0))[0] != claim.beat:
                    seen[key] = claim.beat, now
                elif now - seen[key][1] > LEASE_S:
                    self._registry.drop_object(key)
            self.beat()
            time.sleep(LOOK_S)

    def _others(self) -> dict[str, Claim]:
        found = self._registry.objects(CLAIM, self._project)
        return {k: msgspec.json.decode(record, type=Claim) for k, record in found.items() if k != self._key}

    def _put(self, claim: Claim, *, new: bool = False) -> None:
        record = msgspec.json.encode(claim).decode()
        self._registry.put_object(self._key, CLAIM, self._project, record, new=new)
        self._claim, self._beaten = claim, time.monotonic()

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
        if not path.exists():
            path.write_text(secrets.token_hex(8), "utf-8")
        return path.read_text("utf-8").strip()
