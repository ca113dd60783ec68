"""Equations written once, coupled, compiled, solved in batches, differentiated."""
