"""Session, people and tokens by HTTP."""
