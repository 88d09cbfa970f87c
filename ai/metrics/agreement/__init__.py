"""How far readers agree: about categories, about numbers, about masks. Every figure has a confidence interval.

Tables of ratings are small: they are taken from either array library and computed on the host. Masks are counted where
they lie.
"""
