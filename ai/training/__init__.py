"""Training: small networks from cases with truth, packed as MONAI bundles."""
