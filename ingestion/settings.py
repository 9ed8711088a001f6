"""The options of reading and ingesting; composed with the others in strata/settings.py."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ingestion.passes import How, Layout

ENGLISH = "eng"


class IngestionSettings(BaseModel):
    """How files are read. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    readers: int = Field(1, ge=1, le=16, description="how many files are read at once")
    timeout_s: int = Field(60, ge=1, description="CPU seconds after which the reading of a file is ended")
    memory_mb: int = Field(3000, ge=400, description="memory of a reading process")
    max_file_mb: int = Field(500, ge=1, description="larger files are refused")
    files_per_child: int = Field(100, ge=1, description="files after which a reading process is replaced")
    layout: Layout = Field("auto", description="which papers the layout model reads again")
    layout_timeout_s: int = Field(900, ge=1, description="CPU seconds, at most, where the layout model reads")
    layout_files_per_child: int = Field(20, ge=1, description="the same as files_per_child, for such readings")
    ocr: str = Field("", pattern=r"^([A-Za-z_]+(\+[A-Za-z_]+)*)?$", description="languages of scans, such as deu+eng")

    @property
    def asked(self) -> How:
        """How closely papers are to be read."""
        return How(self.layout, self.ocr)

    @field_validator("ocr", mode="before")
    @classmethod
    def _languages(cls, given: object) -> object:
        """A yes means English, a no means none."""
        said = str(given).strip().lower()
        if said in ("1", "true", "yes", "on"):
            return ENGLISH
        return "" if said in ("", "0", "false", "no", "off") else given
