"""Whether a model's probabilities are what happens, and making them so.

On NumPy or CuPy: only figures come to the host.
"""
