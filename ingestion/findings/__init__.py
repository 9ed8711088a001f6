"""Findings: which sentences of a passage state one, and what it states, by rules and two small trained models.

It must not know stores, nor how a paper is read.
"""

from ingestion.findings.classes import fits
from ingestion.findings.find import Found, findings_in

METHOD = "findings-3"  # changes whenever the same passage would give other findings

__all__ = ["METHOD", "Found", "findings_in", "fits"]
