"""The addresses of projects, protocols, cases, readings and marks."""
