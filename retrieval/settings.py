"""The options of asking; composed with the others in strata/settings.py."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class RetrievalSettings(BaseModel):
    """How questions are answered. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alpha: float = Field(0.5, ge=0.0, le=1.0, description="weight of the dense leg against BM25, over a library")
    alpha_within: float = Field(0.7, ge=0.0, le=1.0, description="the same within papers that the question names")
    spelling: bool = Field(True, description="words that the project does not hold are read as near ones")
    abbreviations: bool = Field(True, description="abbreviations that papers define bring their other form")
    least_confidence: float | None = Field(
        None, ge=0.0, le=1.0, description="below it the papers do not tell; what was learned where none is set"
    )
    sentences: int = Field(3, ge=1, le=10, description="the most sentences of an answer from one place")
    papers: int = Field(20, ge=1, le=50, description="the most papers that an answer lists")
