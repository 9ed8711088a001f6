"""The lists of references: found, cut into entries, read field by field, and tied to the citations in the text.

It must not know figures or the front matter.
"""
