"""How far masks agree, and what several readers say together. NumPy and SciPy only."""
