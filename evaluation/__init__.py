"""Measures of answers against gold. It knows records, not who made them."""
