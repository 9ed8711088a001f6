"""Trains the reader of found passages (strata/adapters/evidence.npz) over the public encoder's weights.

PyTorch is needed here alone; Strata lays the small weights over the public ones without it.
"""
