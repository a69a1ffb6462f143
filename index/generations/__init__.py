"""One generation of the index on disk: what it was made of, which one is live, whether it is sound."""
