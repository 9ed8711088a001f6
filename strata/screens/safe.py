"""Text of papers and of people on a screen: shown as it is, never obeyed.

Every such text goes through `shown`, whatever element it goes to. Markdown and HTML both take a numeric character
reference for the character itself and never for markup, so one form is safe in both. It must not know what is shown.
"""

from __future__ import annotations

import re
import unicodedata

# Letters, digits, spaces and what no markup begins with; all else is written as a reference.
_PLAIN = re.compile(r"[^\w\n ,;\u0080-\U0010ffff]|_")
_SHORTCODE = re.compile(r":(?=[\w/+-]+:)")  # :smile: and :material/home: become pictures after references are read
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")  # controls, formats (turned text, zero widths), what is no character
_KEPT = frozenset("\n\u200d")


def shown(text: str) -> str:
    """The text in a form that Markdown and HTML show letter by letter: no image, link, script, formula or markup.

    Characters that are not seen, or that turn the text around, are left out; lines stay lines only where the element
    keeps them.
    """
    visible = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _UNSEEN)
    broken = _SHORTCODE.sub(":\u2060", visible)
    return _PLAIN.sub(lambda match: f"&#{ord(match.group())};", broken)
