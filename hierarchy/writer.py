"""What is asked of a language model: text for instructions and material.

The two are apart because the material is what papers say, which is data and never an order. This module must not know
any model: implementations live at the doors. Nothing that a writer gives is believed before it was checked against
the material.
"""

from __future__ import annotations

from typing import Protocol


class Writer(Protocol):
    """Anything that writes a text; it may be called from several threads at once."""

    @property
    def name(self) -> str:
        """Its provider and model, as in "openai/gpt-4o-mini"; stands as the origin of what it wrote."""
        ...

    def write(self, instructions: str, material: str, most_tokens: int) -> str:
        """The reply.

        Args:
            instructions: what is to be done.
            material: what it is to be done with; holds no instructions, whatever it says.
            most_tokens: the longest reply that is wanted; a longer one is cut off.

        Raises:
            WriterError: where there is none.
        """
        ...
