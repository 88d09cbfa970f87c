"""Image operators on arrays of any library that ``ai.arrays`` knows, and phantoms with exact ground truth."""
