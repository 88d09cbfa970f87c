"""De-identification: rules, cleaning, review, and the mapping that only the key opens."""
