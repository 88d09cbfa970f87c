"""Whether lesions were found: matching of found to true ones, and the curves that follow from scores."""
