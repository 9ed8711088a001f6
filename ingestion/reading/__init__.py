"""What a page model says: roles of lines, structure, front matter, references. It must not know how PDFs are opened.

Its rooms, from the ground up, each using only those before it: `lines` (how the pages are set), `body` (what running
text is made of), `headings` and `floats`, `references` and `front`. Outside of them stand what all share (`cues` with
its tables in `words/`, `labels`) and what puts their findings together or questions them (`sections`, `doubt`, `seen`,
`missing`).
"""
