"""How a project's learning stands."""
