"""References without PDFs: the entries of CSL-JSON, BibTeX and RIS files as papers of title, abstract and metadata.

A PDF of the same work fills such a paper; an entry that comes after the PDF adds its key and metadata to it
(docs/decisions/0016). Only this room knows the formats.
"""
