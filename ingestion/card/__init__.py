"""A paper's card: what it asks, its data, its method, its main findings and its limitations, in its own words.

It must not know stores, nor how papers are read.
"""

from ingestion.card.choose import METHOD, card_of
from ingestion.card.records import Card, Entry

__all__ = ["METHOD", "Card", "Entry", "card_of"]
