"""How the pages are set: whole lines in the order they are read, the paper's measures, what is no text of the paper,
and words joined to running text. It must not know what a line is to the paper: a heading, a caption or an entry.
"""
