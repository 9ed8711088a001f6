"""What a reranker that is not ours is given of a node: its text with its headings in front, cut.

Nothing else of a node leaves this machine: no file's name, no path, no author.
"""

from __future__ import annotations

from hierarchy.nodes import Level, Node

MOST_LETTERS = 1_800  # of a document: with a question about 500 tokens, which Cohere counts as one document
ELLIPSIS = "…"


def document(node: Node, most_letters: int = MOST_LETTERS) -> str:
    """A node's words for a reranker.

    Passages and findings have the headings that they stand under in front; the text of a paper begins with its title,
    that of a section with its headings.
    """
    bare = node.level in (Level.PASSAGE, Level.FINDING)
    heading = " > ".join(part for part in node.path if part) if bare else ""
    text = " ".join(f"{heading}: {node.text}".split() if heading else node.text.split())
    readable = text.encode("utf-8", "replace").decode()
    return readable if len(readable) <= most_letters else readable[: most_letters - 1] + ELLIPSIS
