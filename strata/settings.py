"""All settings, composed from one small model a package, read from STRATA_… variables; unknown ones are an error.

STRATA_HOME is where Strata keeps its files, STRATA_PROJECT names the project where none is given; every field of the
packages' models is STRATA_ and its name in capitals. No package reads the environment itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from hierarchy.errors import UsageError
from ingestion.settings import IngestionSettings
from retrieval.settings import RetrievalSettings

PREFIX = "STRATA_"
DEBUG = "STRATA_DEBUG"


ADDRESS = r"^https?://[^\s/]+\S*$"


def _none(given: object) -> object:
    """An empty value means none, and so does the word."""
    return None if isinstance(given, str) and given.strip().lower() in ("", "none") else given


OrNone = BeforeValidator(_none)


class EncoderSettings(BaseModel):
    """How texts are encoded: here, or by a service where one is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    threads: int = Field(0, ge=0, le=256, description="texts encoded at once; 0 takes all cores")
    encoder: str = Field(
        "local", description="local, or provider/model, such as cohere/embed-v4.0: papers are sent there"
    )
    encoder_url: Annotated[str | None, OrNone] = Field(None, pattern=ADDRESS, description="any address that speaks so")
    encoder_key: SecretStr | None = Field(None, description="the key that it wants")
    encoder_timeout_s: float = Field(60, gt=0, le=3600, description="seconds after which a reply is given up")
    encoder_dimension: int | None = Field(None, ge=1, le=4096, description="of its vectors, where a model has several")


class RerankSettings(BaseModel):
    """What reads the best found beside the question and orders them anew."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rerank: str = Field(
        "local", description="local, none, cohere/model (what is found is sent there), or module:object of your own"
    )
    rerank_url: Annotated[str | None, OrNone] = Field(None, pattern=ADDRESS, description="any address that speaks so")
    rerank_key: SecretStr | None = Field(None, description="the key that it wants")
    rerank_timeout_s: float | None = Field(
        None, gt=0, le=3600, description="seconds after which it is given up; 10 for a service, 60 for your own"
    )
    rerank_most: int = Field(50, ge=1, le=1000, description="how many of the best found it reads, at most")


class EngineSettings(BaseModel):
    """Where nodes are kept: in files under STRATA_HOME, or on a Weaviate server where its address is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weaviate_url: str | None = Field(None, description="the server's HTTP address; chooses Weaviate")
    weaviate_grpc_port: int = Field(50051, ge=1, le=65535, description="its gRPC port")
    weaviate_api_key: SecretStr | None = Field(None, description="the key that it wants")


class WriterSettings(BaseModel):
    """Which language model writes, if one does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    llm: Annotated[str | None, OrNone] = Field(None, description="provider/model, such as openai/gpt-4o-mini")
    llm_url: Annotated[str | None, OrNone] = Field(None, pattern=ADDRESS, description="any OpenAI-compatible address")
    llm_key: SecretStr | None = Field(None, description="the key that it wants")
    llm_timeout_s: float = Field(120, gt=0, le=3600, description="seconds after which a reply is given up")
    llm_most_tokens: int = Field(4000, ge=100, le=200_000, description="the longest reply that is asked for")
    llm_at_once: int = Field(4, ge=1, le=64, description="how many requests wait for replies at a time")


class Settings(BaseModel):
    """Everything that can be set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("strata", appauthor=False)))
    project: str = "papers"
    engine: EngineSettings = EngineSettings()
    encoder: EncoderSettings = EncoderSettings()
    ingestion: IngestionSettings = IngestionSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    reranker: RerankSettings = RerankSettings()
    writer: WriterSettings = WriterSettings()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings that STRATA_… variables give.

        Raises:
            UsageError: for an unknown variable or a value that does not fit.
        """
        given = {
            k: v
            for k, v in (os.environ if environment is None else environment).items()
            if k.startswith(PREFIX) and k != DEBUG
        }
        places = _places()
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name not in places:
                raise UsageError(
                    f"There is no setting {name}.",
                    f"Unset it, or use one of: {', '.join(sorted(places))}.",
                    "unknown_setting",
                )
            group, field = places[name]
            (values.setdefault(group, {}) if group else values)[field] = value
        if values.get("home") == "":
            raise UsageError("STRATA_HOME is empty.", "Unset it, or name a folder.", "bad_setting")
        if "home" in values:
            values["home"] = Path(values["home"]).expanduser().absolute()
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + str(first["loc"][-1]).upper()
            raise UsageError(
                f"{name}={given.get(name, '')!r} does not fit: {first['msg']}.",
                f"Change or unset {name}.",
                "bad_setting",
            ) from error


def _places() -> dict[str, tuple[str, str]]:
    """Each variable's group (empty for the top) and field."""
    places: dict[str, tuple[str, str]] = {}
    for name, field in Settings.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            places.update({PREFIX + f.upper(): (name, f) for f in inner.model_fields})
        else:
            places[PREFIX + name.upper()] = ("", name)
    return places
