"""A Weaviate server on this machine: one that runs, else by Docker, else built by Go; kept for the next time.

`python -m strata.local_weaviate` starts one under STRATA_HOME and prints what to export; with `build` it only sees to
the program, with `stop` it ends the server. Tests and benchmarks start their own on free ports. It must not know what
is kept on a server.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import platformdirs
import psutil
from filelock import FileLock

from hierarchy.errors import StoreError, StrataError
from hierarchy.processes import born
from strata.settings import Settings

VERSION = "1.39.0"
MODULE = f"github.com/weaviate/weaviate/cmd/weaviate-server@v{VERSION}"
COMPOSE = Path(__file__).resolve().parent.parent / "compose.yaml"
START_S = 120
# The last must be one more than the one before it: on one machine the server reckons it so.
PORTS = ("GRPC_PORT", "CLUSTER_GOSSIP_BIND_PORT", "CLUSTER_DATA_BIND_PORT", "RAFT_PORT", "RAFT_INTERNAL_RPC_PORT")
URL, GRPC, KEY = "STRATA_WEAVIATE_URL", "STRATA_WEAVIATE_GRPC_PORT", "STRATA_WEAVIATE_API_KEY"


class LocalWeaviate:
    """A server process of ours: a folder of its own, free ports, a key.

    Args:
        folder: where it keeps its data, its log and its ports; the same folder again is the same server.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / "key"
        self.key = (kept.read_text("utf-8").strip() if kept.exists() else "") or secrets.token_urlsafe(24)
        kept.touch(mode=0o600)
        kept.write_text(self.key, "utf-8")
        self.ports = self._ports()
        self._process: subprocess.Popen[bytes] | None = None

    def _ports(self) -> list[int]:
        """The ports that it had before, where they are free; the server finds itself by them."""
        kept = self.folder / "ports.json"
        if kept.exists():
            ports: list[int] = json.loads(kept.read_text("utf-8"))
            if not any(listens(port) for port in ports):
                return ports
        ports = free_ports(len(PORTS) - 1, pair=True)
        kept.write_text(json.dumps(ports), "utf-8")
        return ports

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def grpc_port(self) -> int:
        return self.ports[1]

    @property
    def environment(self) -> dict[str, str]:
        """The three variables that make Strata use it."""
        return {URL: self.url, GRPC: str(self.grpc_port), KEY: self.key}

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Starts it and waits until it answers HTTP and gRPC; does nothing where it runs.

        Raises:
            StoreError: where there is no program and none can be built, or it does not come up.
        """
        if self._process is not None and self._process.poll() is None:
            return
        ours = {
            **{name: str(port) for name, port in zip(PORTS, self.ports[1:], strict=True)},
            "PERSISTENCE_DATA_PATH": str(self.folder / "data"),
            "BACKUP_FILESYSTEM_PATH": str(self.folder / "backups"),
            "ENABLE_MODULES": "backup-filesystem",
            "DEFAULT_VECTORIZER_MODULE": "none",
            "CLUSTER_HOSTNAME": "strata",
            "CLUSTER_IN_LOCALHOST": "true",
            "CLUSTER_ADVERTISE_ADDR": "127.0.0.1",
            "AUTOSCHEMA_ENABLED": "false",
            "DISABLE_TELEMETRY": "true",
            "GO_PROFILING_DISABLE": "true",
            "AUTHENTICATION_APIKEY_ENABLED": "true",
            "AUTHENTICATION_APIKEY_ALLOWED_KEYS": self.key,
            "AUTHENTICATION_APIKEY_USERS": "strata",
            "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "false",
        }
        command = [program(), "--scheme", "http", "--host", "127.0.0.1", "--port", str(self.ports[0])]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env={**os.environ, **ours}, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + START_S
        while not (ready(self.url) and listens(self.grpc_port)):
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise StoreError(
                    "The Weaviate server did not come up.", f"See {self.folder / 'log'} for why.", "no_server"
                )
            time.sleep(0.1)

    def stop(self) -> None:
        """Ends it as one should."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None


def program() -> str:
    """The path of a server program: one on the PATH, or one that was built here; built by Go where there is none.

    Raises:
        StoreError: where there is neither program nor Go, or building fails.
    """
    there = shutil.which("weaviate-server")
    if there:
        return there
    folder = Path(platformdirs.user_cache_dir("strata", appauthor=False)) / f"weaviate-{VERSION}"
    built = folder / "weaviate-server"
    go = shutil.which("go")
    if not built.exists() and go is None:
        raise StoreError(
            "There is no Weaviate server on this machine.",
            "Install Docker, or Go (which builds it in minutes), or set STRATA_WEAVIATE_URL to a server elsewhere.",
            "no_server",
        )
    if not built.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock"):
            if not built.exists():
                _build(str(go), folder)
    return str(built)


def _build(go: str, folder: Path) -> None:
    print(f"Building the Weaviate server {VERSION} with Go; this takes some minutes, once.", file=sys.stderr)
    into = folder / "building"
    environment = {**os.environ, "GOBIN": str(into), "GOFLAGS": "-buildvcs=false"}
    done = subprocess.run([go, "install", MODULE], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StoreError(
            f"Go could not build the Weaviate server ({' '.join(done.stderr.split())[-300:]}).",
            "It needs Go's module proxy; or install Docker, or set STRATA_WEAVIATE_URL to a server elsewhere.",
            "no_server",
        )
    (into / "weaviate-server").replace(folder / "weaviate-server")  # whole or not at all


def free_ports(count: int, *, pair: bool = False) -> list[int]:
    """Ports that are free now, all different; with `pair`, two more at the end that follow each other."""
    while True:
        with ExitStack() as stack:
            sockets = [stack.enter_context(socket.socket()) for _ in range(count + 2 * pair)]
            for one in sockets[: count + pair]:
                one.bind(("127.0.0.1", 0))
            try:
                if pair:
                    sockets[-1].bind(("127.0.0.1", sockets[-2].getsockname()[1] + 1))
            except (OSError, OverflowError):
                continue
            return [int(one.getsockname()[1]) for one in sockets]


def ready(url: str) -> bool:
    """Whether a server there says that it is ready."""
    try:
        return httpx.get(f"{url}/v1/.well-known/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def listens(port: int) -> bool:
    """Whether something listens there; the server's HTTP is ready before its gRPC is."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


# As a command


def run_here(home: Path) -> dict[str, str]:
    """The variables of a server for this home: the one that is set, the one that runs, by Docker, or our own.

    Raises:
        StoreError: where none of these can be had.
    """
    asked = {name: os.environ.get(name, "") for name in (URL, GRPC, KEY)}
    if asked[URL]:
        if not ready(asked[URL]):
            raise StoreError(f"No Weaviate answers at {asked[URL]}.", f"Start it, or unset {URL}.", "no_server")
        return {URL: asked[URL], GRPC: asked[GRPC] or "50051", KEY: asked[KEY]}
    folder = home / "weaviate"
    running = folder / "running.json"
    if running.exists():
        known: dict[str, str] = json.loads(running.read_text("utf-8"))
        end = time.monotonic() + START_S
        while "pid" in known and born(int(known["pid"])) == known["since"] and time.monotonic() < end:
            if ready(known[URL]):  # it may still be starting
                return known
            time.sleep(0.2)
        if ready(known[URL]):
            return known
    variables = _by_docker(folder) if docker_works() else _by_ourselves(folder)
    running.touch(mode=0o600)
    running.write_text(json.dumps(variables), "utf-8")
    return variables


def docker_works() -> bool:
    """Whether `docker compose` is here and its daemon answers."""
    if shutil.which("docker") is None:
        return False
    checks = (["docker", "compose", "version"], ["docker", "info"])
    return all(subprocess.run(c, capture_output=True, check=False, timeout=60).returncode == 0 for c in checks)


def _by_docker(folder: Path) -> dict[str, str]:
    server = LocalWeaviate(folder)  # for its key
    command = ["docker", "compose", "-f", str(COMPOSE), "up", "--detach", "--wait"]
    done = subprocess.run(command, env={**os.environ, KEY: server.key}, check=False)
    if done.returncode:
        raise StoreError("Docker could not start Weaviate.", "See: docker compose logs weaviate", "no_server")
    return {URL: "http://127.0.0.1:8080", GRPC: "50051", KEY: server.key}


def _by_ourselves(folder: Path) -> dict[str, str]:
    server = LocalWeaviate(folder)
    server.start()
    return {**server.environment, "pid": str(server.pid), "since": born(server.pid or 0)}


def stop_here(home: Path) -> str:
    """Ends what `run_here` started, and says what happened."""
    running = home / "weaviate" / "running.json"
    if not running.exists():
        return "No server was started here."
    known = json.loads(running.read_text("utf-8"))
    if "pid" in known:
        pid = int(known["pid"])
        if born(pid) == known["since"]:  # and not another process that got its number
            os.killpg(pid, signal.SIGTERM)
            with suppress(psutil.Error):
                psutil.Process(pid).wait(60)
    else:
        environment = {**os.environ, KEY: known[KEY]}
        subprocess.run(["docker", "compose", "-f", str(COMPOSE), "stop"], env=environment, check=False)
    running.unlink()
    return f"Stopped the server at {known[URL]}; its data stays."


def main() -> int:
    """`run` (the default), `build` or `stop`."""
    what = sys.argv[1] if len(sys.argv) > 1 else "run"
    kept = {name: os.environ[name] for name in ("STRATA_HOME",) if name in os.environ}
    home = Settings.from_environment(kept).home
    try:
        (home / "weaviate").mkdir(parents=True, exist_ok=True)
        with FileLock(home / "weaviate" / "lock"):
            return _do(what, home)
    except StrataError as error:
        print(f"strata: {error}", file=sys.stderr)
        return 2


def _do(what: str, home: Path) -> int:
    if what == "build":
        print(program())
    elif what == "stop":
        print(stop_here(home))
    else:
        for name, value in run_here(home).items():
            if name.isupper():
                print(f"export {name}={value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
