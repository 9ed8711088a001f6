"""What running text is made of and what stands in it: paragraphs, footnotes, displayed formulas, program text; and what
tells prose from stray words. It must not know sections, floats or lists of references.
"""
