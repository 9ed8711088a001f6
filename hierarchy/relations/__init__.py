"""Agreement and contradiction between findings of different papers: the record, and the rules that find them."""

from hierarchy.relations.between import relations_between
from hierarchy.relations.relation import Relation

__all__ = ["Relation", "relations_between"]
