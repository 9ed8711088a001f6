"""What a page model says: roles of lines, structure, front matter, references. It must not know how PDFs are opened."""
