"""Text of papers and of people on a screen: shown as it is, never obeyed.

Every such text goes through `shown`, whatever element it goes to. Markdown and HTML both take a numeric character
reference for the character itself and never for markup, so one form is safe in both. What Streamlit's Markdown looks
for in the text later is broken by a character without width. It must not know what is shown.
"""

from __future__ import annotations

import re
import unicodedata

# Letters, digits, spaces and what no markup begins with; all else is written as a reference.
_PLAIN = re.compile(r"[^\w\n ,;\u0080-\U0010ffff]|_")
# What is looked for in the text after references are read: pictures (:smile:, :material/home:), addresses, arrows.
_FOUND_LATER = re.compile(r":(?=[\w/+-]+:|//)|www(?=\.)|\S(?=@)|[-<>=~](?=[-<>=~])", re.I)
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")  # controls, formats (turned text, zero widths), what is no character
_KEPT = frozenset("\n\u200d")


def shown(text: str, *, html: bool = False) -> str:
    """The text in a form that Markdown and HTML show letter by letter: no image, link, script, formula or markup.

    Characters that are not seen, or that turn the text around, are left out; lines stay lines only where the element
    keeps them.

    Args:
        text: of whoever.
        html: it goes to `st.html` alone, where nothing is looked for later: then it can be copied exactly as it is.
    """
    visible = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _UNSEEN)
    whole = visible if html else _FOUND_LATER.sub(lambda match: match.group() + "\u2060", visible)
    return _PLAIN.sub(lambda match: f"&#{ord(match.group())};", whole)
