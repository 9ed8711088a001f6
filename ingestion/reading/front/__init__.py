"""The front matter: title, authors with affiliations and contacts, abstract, keywords, year, identifiers, language.

It must not know figures or references.
"""
