"""Which case, or which part of one, is read next.

`uncertainty` turns a model's probabilities into maps, `scoring` maps into one row of figures per candidate region,
`choosing` rows into a choice by one of the `strategies`, and `simulation` compares strategies on a pool whose labels
are known. Maps stay in the array library that they come from (NumPy or CuPy); rows are small and live on the host.
"""
