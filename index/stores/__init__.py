"""The stores of a generation, one library each: SQLite, tantivy, Chroma."""
