"""The graph of a project: references resolved, papers and findings with their edges, communities, themes, files."""
