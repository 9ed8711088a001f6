"""The reranker that computes here: passages are read again beside the question by an encoder trained for evidence.

Its parts: late interaction of token vectors, features of a passage in its pool, a linear ranker over them.
"""
