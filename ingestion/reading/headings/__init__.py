"""The headings of a paper: which lines are meant as such, their numbers and levels, and the kinds of their sections.

It must not know where figures stand, nor references, nor the front matter.
"""
