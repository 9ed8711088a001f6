"""Figures, tables and listings: their captions, where they stand, their cells, and the passages that refer to them.

It must not know headings, references or the front matter.
"""
