"""What the tests share: a home with a prepared encoder, the assistant, and the command line in and out of process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from engines import ENGINES, VARIABLE, announced, empty
from store_records import Open

from hierarchy.errors import StoreError
from hierarchy.store import NodeStore
from ingestion.settings import IngestionSettings
from strata.adapter import EVIDENCE, read_adapter
from strata.assistant import Assistant
from strata.cli.app import main
from strata.evidence_encoder import EvidenceEncoder
from strata.local_weaviate import LocalWeaviate
from strata.minilm import MiniLM
from strata.settings import Settings
from strata.weights import prepared

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Said:
    """What a run of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one record on standard output."""
        record = json.loads(self.out)
        assert isinstance(record, dict)
        return record

    def refused(self, code: str, exit_code: int = 2) -> dict[str, str]:
        """Checks that this is one refusal as the contract has it, and gives its error."""
        assert self.code == exit_code, self
        assert "Traceback" not in self.err + self.out
        assert self.err.count("\n") == 1, f"not one line: {self.err!r}"
        assert self.err.startswith("strata: ")
        record = self.json
        assert record["schema"] == 1
        error = record["error"]
        assert error["code"] == code, error
        assert error["message"]
        assert isinstance(error["hint"], str)
        return {name: str(error[name]) for name in ("code", "message", "hint")}


Run = Callable[..., Said]


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without Strata's variables, and with these; papers are read by the fast pass alone."""
    return {k: v for k, v in os.environ.items() if not k.startswith("STRATA_")} | {"STRATA_LAYOUT": "never"} | extra


@pytest.fixture(autouse=True)
def main_stays() -> Iterator[None]:
    """Streamlit's tester puts a page in the place of `__main__`, which a process that is spawned later would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds the encoder's prepared file and nothing else; made once, for all processes of a run."""
    home = tmp_path_factory.getbasetemp().parent / f"prepared-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    prepared(home)
    prepared(home, read_adapter(EVIDENCE))
    return home


@pytest.fixture(scope="session")
def encoder(prepared_home: Path) -> MiniLM:
    """One loaded encoder for all tests of this process."""
    return MiniLM(prepared_home)


@pytest.fixture(scope="session")
def reader(prepared_home: Path) -> EvidenceEncoder:
    """One loaded encoder of evidence for all tests of this process."""
    return EvidenceEncoder(prepared_home)


@pytest.fixture(autouse=True)
def one_reader(reader: EvidenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Homes come and go with each test; what reads passages is loaded once."""
    monkeypatch.setattr("strata.models.EvidenceEncoder", lambda home, threads: reader)


@pytest.fixture(scope="session")
def make_home(prepared_home: Path) -> Callable[[Path], Path]:
    """Makes a home at a path, with the encoder's file already there."""

    def make(path: Path) -> Path:
        path.mkdir(parents=True)
        (path / "models").symlink_to(prepared_home / "models")
        return path

    return make


@pytest.fixture
def home(tmp_path: Path, make_home: Callable[[Path], Path]) -> Path:
    """A fresh STRATA_HOME."""
    return make_home(tmp_path / "home")


@pytest.fixture
def assistant(home: Path, encoder: MiniLM) -> Iterator[Callable[..., Assistant]]:
    """A factory of assistants over one home: `assistant("thesis", timeout_s=5)`; they are closed at the end.

    They read by the fast pass alone, unless a test says otherwise.
    """
    made: list[Assistant] = []

    def make(project: str = "papers", **ingestion: int | str) -> Assistant:
        with mock.patch("strata.opened.build_encoder", return_value=encoder):
            settings = Settings(home=home, ingestion=IngestionSettings.model_validate({"layout": "never"} | ingestion))
            made.append(Assistant(project, settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def run_in(encoder: MiniLM) -> Run:
    """Runs the command line in this process, over a home: `run_in(home, "ask", "Why?")`."""

    def run(home: Path, *arguments: object, **environment: str) -> Said:
        out, err = StringIO(), StringIO()
        variables = clean_environment(**{"STRATA_HOME": str(home)} | environment)
        with (
            mock.patch.dict(os.environ, variables, clear=True),
            mock.patch("strata.opened.build_encoder", return_value=encoder),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = main([str(a) for a in arguments])
        return Said(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def here(home: Path, run_in: Run) -> Run:
    """The command line in this process, over this test's home."""

    def run(*arguments: object, **environment: str) -> Said:
        return run_in(home, *arguments, **environment)

    return run


@pytest.fixture
def strata(home: Path, tmp_path: Path) -> Run:
    """The real command line in a process of its own, over this test's home."""

    def run(*arguments: str | bytes | Path, timeout: float = 600, **environment: str) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "strata", *arguments],
            capture_output=True,
            cwd=tmp_path,
            env=clean_environment(**{"STRATA_HOME": str(home), "PYTHONPATH": str(ROOT)} | environment),
            stdin=subprocess.DEVNULL,
            timeout=timeout,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture(scope="session")
def weaviate_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWeaviate]:
    """A real Weaviate of this test process: free ports, a temporary folder, ended at the end.

    Skips where there is no server program and no Go to build one; under CI that is a failure.
    """
    try:
        server = LocalWeaviate(tmp_path_factory.mktemp("weaviate"))
        server.start()
    except StoreError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs a real Weaviate: {error}")
        pytest.skip(f"needs a Weaviate server: {error}")
    with mock.patch.dict(os.environ, {VARIABLE: announced(server)}):
        yield server
    server.stop()


@pytest.fixture
def weaviate(weaviate_server: LocalWeaviate) -> LocalWeaviate:
    """The server, running and without projects."""
    weaviate_server.start()
    empty(announced(weaviate_server))
    return weaviate_server


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn."""
    if request.param == "weaviate":
        request.getfixturevalue("weaviate")
    return str(request.param)


@pytest.fixture
def reopen(engine: str, tmp_path: Path) -> Iterator[Open]:
    """Opens the same project again and again; all are closed at the end."""
    opened: list[NodeStore] = []

    def again() -> NodeStore:
        opened.append(ENGINES[engine](tmp_path))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Open) -> NodeStore:
    """A fresh project of each engine in turn."""
    return reopen()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real papers with human gold, which lie beside the repository where they are at hand."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real papers of ../shared/data")
    return folder
