"""Answers shaped by the question: lists, counts, extremes, comparisons, values, steps, themes, both sides."""
