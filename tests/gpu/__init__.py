"""Every array-agnostic function of ai/ on CuPy against NumPy. Needs torch, CuPy, SciPy and scikit-image; no Django."""
