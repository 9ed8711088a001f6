"""Question → route → search → rank → answer → check, with the trace of each step. It must not know PDFs or screens."""
