"""PDF → page model, and pages → pictures. The only room that calls PyMuPDF; it must not know what a paper says."""
